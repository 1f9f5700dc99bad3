// What a log point writes: text with conditions in braces, `loss {loss} after {iteration}`; `{{` and `}}` are braces.
import { type Condition, parseCondition, type TextFault } from './condition.ts';
import { printCondition } from './print-condition.ts';

export type LogPart =
  | { readonly kind: 'text'; readonly text: string }
  /** Places are those of the whole message. */
  | { readonly kind: 'value'; readonly source: string; readonly condition: Condition; readonly from: number };

export type ParsedLogMessage =
  | { readonly ok: true; readonly parts: readonly LogPart[] }
  | { readonly ok: false; readonly fault: TextFault };

/** Never throws. */
export function parseLogMessage(text: string): ParsedLogMessage {
  const parts: LogPart[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if ((character === '{' || character === '}') && text[at + 1] === character) {
      plain += character;
      at++;
    } else if (character === '}') {
      return fault(at, at + 1, 'write `}}` for a brace');
    } else if (character === '{') {
      const end = text.indexOf('}', at);
      if (end < 0) return fault(at, at + 1, 'this brace is not closed; write `{{` for a brace');
      const source = text.slice(at + 1, end);
      const parsed = parseCondition(source);
      if (!parsed.ok)
        return fault(at + 1 + parsed.fault.span.from, at + 1 + parsed.fault.span.to, parsed.fault.message);
      flush();
      parts.push({ kind: 'value', source: source.trim(), condition: parsed.condition, from: at + 1 });
      at = end;
    } else plain += character;
  }
  flush();
  return { ok: true, parts };
}

/** The message that parses into these parts. */
export function printLogMessage(parts: readonly LogPart[]): string {
  return parts
    .map((part) => (part.kind === 'text' ? part.text.replace(/[{}]/g, '$&$&') : `{${printCondition(part.condition)}}`))
    .join('');
}

function fault(from: number, to: number, message: string): ParsedLogMessage {
  return { ok: false, fault: { span: { from, to }, message } };
}
