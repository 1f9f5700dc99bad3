// penalty: weight penalties of the training set-up become nodes beside the loss: the sums over the parameters chosen, and
// the addition that gives the objective.
import type { Penalty } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import { type Diagnostic, warning } from '../tensor/diagnostic.ts';
import type { Inference } from './infer.ts';
import type { Instance, Network } from './network.ts';

/** `*` stands for anything within one segment of a name, `**` across segments. Takes pattern times name steps, whatever the pattern. */
export function matchesPattern(pattern: string, name: string): boolean {
  /** Ends of the parts of `name` that what was read of the pattern can stand for. */
  let ends = new Set([0]);
  for (const part of pattern.match(/\*\*|\*|[^*]+/g) ?? []) {
    const next = new Set<number>();
    for (const at of ends) {
      if (!part.startsWith('*')) {
        if (name.startsWith(part, at)) next.add(at + part.length);
        continue;
      }
      for (let end = at; !next.has(end); end++) {
        next.add(end);
        if (end >= name.length || (part === '*' && name[end] === '/')) break;
      }
    }
    ends = next;
  }
  return ends.has(name.length);
}

/** Adds the nodes; answers the new network and the name of the objective. */
export function addPenalty(
  network: Network,
  inference: Inference,
  penalty: Penalty,
  loss: string,
  operators: Readonly<Record<string, Operator>>,
  report: (d: Diagnostic) => void,
): { network: Network; loss: string } {
  const names = new Set<string>();
  for (const instance of network.instances) {
    for (const port of Object.keys(inference.types.get(instance.path)?.parameters ?? {})) {
      const name = `${instance.owner}.${port}`;
      if (penalty.on.some((pattern) => matchesPattern(pattern, name))) names.add(name);
    }
  }
  if (names.size === 0) {
    report(
      warning('W_PENALTY', `no parameter matches ${penalty.on.join(', ')}: the penalty changes nothing`, {
        json: '/training/penalty/on',
      }),
    );
    return { network, loss };
  }
  const instances = [...network.instances];
  const taken = new Set(instances.map((instance) => instance.path));
  let objective = loss;
  const insert = (
    id: string,
    operatorId: string,
    attributes: Record<string, unknown>,
    inputs: Map<string, string>,
  ): string => {
    const operator = operators[operatorId];
    if (!operator) return objective;
    let path = id;
    for (let n = 2; taken.has(path); n++) path = `${id}${n}`;
    taken.add(path);
    const instance: Instance = {
      path,
      owner: path,
      operator,
      attributes: operator.attributes.parse(attributes) as Record<string, unknown>,
      inputs,
      settings: {},
    };
    instances.push(inference.visit(instance));
    return `${path}.y`;
  };
  for (const kind of ['l1', 'l2'] as const) {
    if (penalty[kind] === 0) continue;
    const y = insert(
      `${kind}_penalty`,
      `${kind}_penalty`,
      { weight: penalty[kind] },
      new Map([...names].map((name, i) => [`x${i}`, name])),
    );
    objective = insert(
      'objective',
      'add',
      {},
      new Map([
        ['a', objective],
        ['b', y],
      ]),
    );
  }
  return { network: { ...network, instances }, loss: objective };
}
