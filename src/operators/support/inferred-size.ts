// Sizes of an input that an attribute may declare and the wire decides: in_features, in_channels, input_size. Importers and
// loaded weights declare them, a person rarely does.
import { z } from 'zod';
import type { QuickFix } from '../../tensor/diagnostic.ts';
import type { InferContext } from '../define-operator.ts';

type Context = Pick<InferContext<Record<never, never>, Record<never, never>, unknown>, 'source' | 'fail'>;

/** Schema of such an attribute. */
export function inferredSize(title: string) {
  return z.int().min(1).optional().meta({ title, description: 'Inferred from the wire when left out' });
}

const codes = { features: 'E_FEATURES', channels: 'E_CHANNELS' } as const;

/** False after an error at port x: another size is declared than arrives. A quick fix lets the attribute follow the wire. */
export function followsWire(
  { source, fail }: Context,
  attribute: string,
  declared: number | undefined,
  arriving: number,
  unit: keyof typeof codes,
  /** What to say behind the size that arrives, and quick fixes to offer first. */
  { told = '', fixes = [] }: { readonly told?: string; readonly fixes?: readonly QuickFix[] } = {},
): boolean {
  if (declared === undefined || declared === arriving) return true;
  const title = `Let ${attribute} follow the wire (${arriving})`;
  fail(codes[unit], { port: 'x' }, `expects ${declared} ${unit}, gets ${arriving}${told} from ${source('x')}`, {
    fixes: [...fixes, { kind: 'unset_attribute', title, attribute }],
  });
  return false;
}
