// metrics: accuracy as program code, so that it is planned and inspected like the rest.
import type { Metric } from '../graph/schema.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { formatShape, numel, sameShape } from '../tensor/shape.ts';
import { type Lowering, origin } from './lower.ts';

/** Writes `metric.<kind>` (scalar: share of examples whose largest score is the label's). Answers the names written. */
export function metrics(
  lowering: Lowering,
  asked: readonly Metric[],
  report: (d: Diagnostic) => void,
): { kind: string; name: string }[] {
  const { builder } = lowering;
  const { emit } = builder;
  const names: { kind: string; name: string }[] = [];
  asked.forEach((metric, i) => {
    const scores = builder.find(metric.scores);
    const target = builder.find(metric.target);
    if (!scores || !target) {
      report(
        error('E_METRIC', `accuracy needs \`${scores ? metric.target : metric.scores}\`, which does not exist`, {
          json: `/training/metrics/${i}`,
        }),
      );
      return;
    }
    const axis = classAxis(scores.shape, target.shape);
    if (axis === null || target.dtype !== 'int32') {
      report(
        error(
          'E_METRIC',
          `accuracy cannot compare scores ${formatShape(scores.shape)} with ${target.dtype} labels ${formatShape(target.shape)}`,
          { json: `/training/metrics/${i}` },
        ),
      );
      return;
    }
    builder.under(origin(metric.kind, 'forward', 'metric'), metric.kind);
    const best = emit.argReduce(scores, axis, 'max');
    const share = emit.reduce([best, target], {
      axes: target.shape.map((_, a) => a),
      value: (e, a, b) => e.eq(a, b),
      finish: (e, sum) => e.mul(sum, e.constant(1 / numel(target.shape))),
    });
    const name = names.some((n) => n.name === `metric.${metric.kind}`)
      ? `metric.${metric.kind}_${i}`
      : `metric.${metric.kind}`;
    builder.name(share, name);
    names.push({ kind: metric.kind, name });
  });
  return names;
}

/** The axis whose removal from the scores gives the labels' shape; dimension 1 where several fit. */
function classAxis(scores: readonly number[], labels: readonly number[]): number | null {
  const fits = scores.map((_, axis) => axis).filter((axis) => sameShape(scores.toSpliced(axis, 1), labels));
  if (fits.includes(1)) return 1;
  return fits.at(-1) ?? null;
}
