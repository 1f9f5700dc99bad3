import type { GraphFile } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { canonical, type Network, outputName } from './network.ts';
import { soundPart, type TypedGraph } from './type-graph.ts';

/** What is minimised: what the training set-up names, else the only operator that is a loss. Null where there is none. */
export function findLoss(
  graph: GraphFile,
  network: Network,
  needed: boolean,
  report: (d: Diagnostic) => void,
): string | null {
  const named = graph.training.loss;
  const given = new Set(network.instances.map((instance) => outputName(instance, 'y')));
  if (named !== undefined) {
    const full = canonical(network, named.includes('.') ? named : `${named}.y`);
    const instance = network.instances.find((candidate) => full.startsWith(`${candidate.path}.`));
    if (given.has(full) || instance) return full;
    if (needed)
      report(
        error('E_LOSS', `the training set-up names the loss \`${named}\`, which does not exist`, {
          json: '/training/loss',
        }),
      );
    return null;
  }
  const losses = network.instances.filter((instance) => instance.operator.traits.loss);
  if (losses.length > 1 && needed) {
    report(
      error(
        'E_LOSS',
        `there are ${losses.length} losses (${losses.map((instance) => `\`${instance.path}\``).join(', ')})`,
        { json: '/training/loss' },
        { hint: 'Name the one to minimise as training.loss, or add them up.' },
      ),
    );
    return null;
  }
  const only = losses.length === 1 ? losses[0] : undefined;
  return only ? outputName(only, 'y') : null;
}

/** Of a graph that only runs in part: what to say where the loss that is meant is not in that part. */
export function lossThatWaits(
  graph: GraphFile,
  known: TypedGraph,
  operators: Readonly<Record<string, Operator>>,
): Diagnostic | null {
  const path = stoppedLoss(graph, known, operators);
  if (path === null) return null;
  const inside = [...known.stopped].filter(([each]) => isInside(each, path));
  const causes = [...new Set(inside.flatMap(([, { waitsFor }]) => waitsFor))].filter((cause) => cause !== path);
  const waits =
    causes.length === 0 ? 'cannot run yet' : `waits for ${causes.map((cause) => `\`${cause}\``).join(', ')}`;
  return error('E_LOSS_WAITS', `nothing can be trained while the loss \`${path}\` ${waits}`, { path });
}

/** Path of the loss that stops; null where the loss runs, or where none is meant. */
function stoppedLoss(
  graph: GraphFile,
  known: TypedGraph,
  operators: Readonly<Record<string, Operator>>,
): string | null {
  const { whole, inference, stopped } = known;
  const named = graph.training.loss;
  if (named !== undefined) {
    const name = canonical(whole, named.includes('.') ? named : `${named}.y`);
    const path = name.slice(0, name.lastIndexOf('.'));
    return !inference.values.has(name) && [...stopped.keys()].some((each) => isInside(each, path)) ? path : null;
  }
  if (soundPart(known).instances.some(({ operator }) => operator.traits.loss)) return null;
  const isLoss = (id: string) => Object.hasOwn(operators, id) && operators[id]?.traits.loss === true;
  const first = whole.instances.find(({ path, operator }) => operator.traits.loss && stopped.has(path));
  return first?.path ?? [...whole.leftOut].find(([, op]) => isLoss(op))?.[0] ?? null;
}

function isInside(path: string, scope: string): boolean {
  return path === scope || path.startsWith(`${scope}/`) || path.startsWith(`${scope}[`);
}
