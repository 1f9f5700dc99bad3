import { assertNever } from '../../tensor/assert.ts';
import type { QuickFix } from '../../tensor/diagnostic.ts';
import { edgeKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { endpointNode } from '../endpoint.ts';
import { type Position, wholePixels } from '../position.ts';
import { disconnect } from './connect.ts';
import { insertOnWire } from './insert-on-wire.ts';
import { setAttribute } from './set-node.ts';

/** Mends a fault of one node as its diagnostic offers. @returns false when the document has changed so that it no longer fits */
export function applyQuickFix(draft: Draft, scope: ScopeName, id: string, fix: QuickFix): boolean {
  const node = draft.node(scope, id);
  if (node === undefined) return false;
  switch (fix.kind) {
    case 'set_attribute':
      setAttribute(draft, scope, id, fix.attribute, fix.value);
      return true;
    case 'unset_attribute':
      setAttribute(draft, scope, id, fix.attribute, undefined);
      return true;
    case 'disconnect':
      if (draft.get(edgeKey(scope, `${id}.${fix.port}`)) === undefined) return false;
      disconnect(draft, scope, `${id}.${fix.port}`);
      return true;
    case 'insert': {
      const position = between(draft, scope, `${id}.${fix.port}`);
      const inserted = {
        op: fix.op,
        attributes: { ...fix.attributes },
        ...(position === undefined ? {} : { position }),
      };
      return insertOnWire(draft, scope, `${id}.${fix.port}`, inserted) !== undefined;
    }
    default:
      return assertNever(fix);
  }
}

/** Half way between the two ends of a wire, a little below it. */
function between(draft: Draft, scope: ScopeName, to: string): Position | undefined {
  const record = draft.get(edgeKey(scope, to));
  if (record?.kind !== 'edge') return undefined;
  const [a, b] = [record.edge.from, record.edge.to].map((end) => draft.node(scope, endpointNode(end))?.position);
  if (a === undefined || b === undefined) return b ?? a;
  return wholePixels([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 95]);
}
