// Reads the training set-up and checks what it refers to: nodes, optimisers and their options.
import { parseValueName } from '../language/value-name.ts';
import { allOptimizers, findOptimizer } from '../operators/catalogue-details.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { checkAttributes, nearest } from './check-attributes.ts';
import { defaultTraining } from './default-training.ts';
import { toPointer } from './json-text.ts';
import { repair } from './repair.ts';
import { type GraphNode, type Training, trainingSchema } from './schema.ts';

type Report = (diagnostic: Diagnostic) => void;

/** @param raw the `training` member of the file, plain JSON or undefined */
export function readTraining(raw: unknown, nodes: readonly GraphNode[], report: Report): Training {
  const read: Training = repair(trainingSchema, raw ?? {}, 'training', '/training', report) ?? defaultTraining();
  const ids = new Set(nodes.map(({ id }) => id));
  const { loss, metrics, data, ...rest } = read;
  const refers = (name: string, pointer: string, what: string): boolean => {
    const fault = referenceFault(name, ids);
    if (fault !== undefined)
      report(error('E_TRAINING', `${what} names \`${name}\`: ${fault}; left out`, { json: pointer }));
    return fault === undefined;
  };
  const keptMetrics = metrics.filter(({ scores, target }, index) => {
    const json = toPointer(['training', 'metrics', index]);
    return refers(scores, `${json}/scores`, `metric ${index}`) && refers(target, `${json}/target`, `metric ${index}`);
  });
  const bind = Object.entries(data?.bind ?? {}).filter(([name]) =>
    refers(name, toPointer(['training', 'data', 'bind', name]), 'a binding'),
  );
  return {
    ...rest,
    metrics: keptMetrics,
    optimizer: checkOptimizer(read.optimizer, report),
    ...(loss !== undefined && refers(loss, '/training/loss', 'the loss') ? { loss } : {}),
    ...(data === undefined ? {} : { data: { ...data, bind: Object.fromEntries(bind) } }),
  };
}

function referenceFault(name: string, ids: ReadonlySet<string>): string | undefined {
  const parsed = parseValueName(name, { defaultPort: 'y' });
  if (!parsed.ok) return 'that is not the name of a value';
  const id = /^\w+/.exec(parsed.value.node)?.[0] ?? '';
  if (ids.has(id)) return undefined;
  const near = nearest(id, [...ids]);
  return `there is no node \`${id}\`${near === undefined ? '' : ` (did you mean \`${near}\`?)`}`;
}

function checkOptimizer(optimizer: Training['optimizer'], report: Report): Training['optimizer'] {
  const { kind, lr, ...options } = optimizer;
  const entry = findOptimizer(kind);
  if (entry === undefined) {
    const names = allOptimizers().map(({ id }) => id);
    const near = nearest(kind, names);
    const message = `there is no optimiser \`${kind.slice(0, 100)}\`; sgd takes its place`;
    const hint = { hint: near === undefined ? `There are ${names.join(', ')}` : `Did you mean \`${near}\`?` };
    report(error('E_OPTIMIZER', message, { json: '/training/optimizer/kind' }, hint));
    return defaultTraining().optimizer;
  }
  const place = { path: '', json: '/training/optimizer', owner: `optimiser ${kind}` };
  const { attributes, diagnostics } = checkAttributes(entry.options, options, place, false);
  for (const { at, ...rest } of diagnostics)
    report({ ...rest, at: { ...(at.json === undefined ? {} : { json: at.json }) } });
  return { kind, ...(lr === undefined ? {} : { lr }), ...attributes };
}
