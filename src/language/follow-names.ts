// Conditions and log messages, followed to where their nodes stand now. Nothing else of a text changes, faults included.
import { conditionTokens } from './condition.ts';

/**
 * @param follow instance path → instance path
 * @param bare whether a name without a port may be a node's (`fc1` for `fc1.y`)
 */
export function followInCondition(text: string, follow: (path: string) => string, bare: boolean): string {
  let told = '';
  let done = 0;
  const tokens = conditionTokens(text);
  tokens.forEach(({ kind, text: word, from, to }, i) => {
    if (kind !== 'name') return;
    const dot = word.lastIndexOf('.');
    const called = tokens[i + 1]?.text === '(';
    if (dot < 0 && (!bare || called)) return;
    const path = dot < 0 ? word : word.slice(0, dot);
    told += text.slice(done, from) + follow(path) + (dot < 0 ? '' : word.slice(dot));
    done = to;
  });
  return told + text.slice(done);
}

/** The conditions in braces; doubled braces are text. */
export function followInMessage(text: string, follow: (path: string) => string, bare: boolean): string {
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, inside: string | undefined) =>
    inside === undefined ? whole : `{${followInCondition(inside, follow, bare)}}`,
  );
}
