// A recurrence as its time steps: `rnn[0]/…`, `rnn[1]/…`, the carried values wired from each to the next. Scanned inputs are taken
// apart and stacked outputs put together by instances of their own.
import { resolveArguments } from '../../graph/resolve-arguments.ts';
import type { Block, GraphNode, RecurrenceAttributes } from '../../graph/schema.ts';
import { recurrenceSchema } from '../../graph/schema.ts';
import { error } from '../../tensor/diagnostic.ts';
import { type Building, type Scope, sizesOf } from './building.ts';

/** A recurrence as it is found: where, of which block, with what wired to it. */
interface Recurrence {
  readonly scope: Scope;
  readonly node: GraphNode;
  readonly block: Block;
  /** Port → value name. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Elaborates a time step under its prefix with the values that arrive in it; answers what leaves it: `out.<name>` → value name. */
type OpenStep = (prefix: string, arriving: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;

/** All time steps, first to last. Attributes that do not hold (E_ATTRIBUTE) leave the node out. */
export function unroll(building: Building, recurrence: Recurrence, openStep: OpenStep): void {
  const { aliases, leftOut, recurrences, report } = building;
  const { scope, node, inputs } = recurrence;
  const path = scope.prefix + node.id;
  const parsed = recurrenceSchema.safeParse(resolveArguments(node.attributes, scope.arguments));
  if (!parsed.success || typeof parsed.data.steps !== 'number') {
    const issue = parsed.success ? 'steps is not a number' : (parsed.error.issues[0]?.message ?? '');
    report(error('E_ATTRIBUTE', `recurrence: ${issue}`, { path }));
    leftOut.set(path, node.op);
    return;
  }
  const attributes = parsed.data;
  const { steps } = parsed.data;
  recurrences.set(path, steps);
  for (const port of attributes.scan) takeApart(building, recurrence, port, inputs.get(port), steps);
  let carried: ReadonlyMap<string, string> = new Map();
  const perStep: ReadonlyMap<string, string>[] = [];
  for (let t = 0; t < steps; t++) {
    const at = `${path}[${t}]`;
    const outputs = openStep(`${at}/`, arrivingAt(building, recurrence, attributes, t, carried));
    carried = new Map(
      Object.entries(attributes.carry).flatMap(([port, output]) => {
        const name = outputs.get(output);
        if (name === undefined && t === 0)
          report(
            error('E_UNWIRED', `carry \`${port}\` takes the output \`${output}\`, to which nothing is wired`, {
              path,
              port,
            }),
          );
        return name === undefined ? [] : [[port, name] as const];
      }),
    );
    for (const [name, value] of outputs) aliases.set(`${at}.${name}`, value);
    perStep.push(outputs);
  }
  stackOutputs(building, recurrence, attributes, perStep);
  giveLast(building, recurrence, attributes, perStep);
}

/** What arrives in time step `t`, by port: slices of what is scanned, what is carried, and everything else as it is. */
function arrivingAt(
  building: Building,
  recurrence: Recurrence,
  { scan, carry }: RecurrenceAttributes,
  t: number,
  carried: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const { scope, node, inputs } = recurrence;
  const at = `${scope.prefix}${node.id}[${t}]`;
  const arriving = new Map<string, string>();
  for (const [port, name] of inputs) {
    if (scan.includes(port)) arriving.set(port, `${at}/in.${port}`);
    else if (!(port in carry) || t === 0) arriving.set(port, name);
  }
  for (const port of Object.keys(carry)) {
    const before = t === 0 ? (inputs.get(port) ?? startOfCarry(building, recurrence, port)) : carried.get(port);
    if (before !== undefined) arriving.set(port, before);
  }
  return arriving;
}

/** A scanned input, one slice a time step: `rnn[t]/in.x`. */
function takeApart(
  { operators, instances }: Building,
  { scope, node }: Recurrence,
  port: string,
  name: string | undefined,
  steps: number,
): void {
  const unbind = operators['unbind'];
  if (!unbind || name === undefined) return;
  const path = scope.prefix + node.id;
  instances.push({
    path: `${path}/in_${port}`,
    owner: `${scope.owner}${node.id}/in_${port}`,
    operator: unbind,
    attributes: unbind.attributes.parse({ dim: 0 }),
    inputs: new Map([['x', name]]),
    outputNames: Object.fromEntries(Array.from({ length: steps }, (_, t) => [`y${t}`, `${path}[${t}]/in.${port}`])),
    settings: {},
    scans: { path, port, steps },
  });
}

/** Zeros of the declared shape for a carry that nothing is wired to; E_CARRY_SHAPE, and nothing, where none is declared. */
function startOfCarry(building: Building, recurrence: Recurrence, port: string): string | undefined {
  const { operators, instances, report } = building;
  const { scope, node, block } = recurrence;
  const path = scope.prefix + node.id;
  const name = `${path}[0]/in.${port}`;
  const constant = operators['constant'];
  const shape = block.inputs.find((input) => input.name === port)?.shape;
  if (!shape || !constant) {
    report(
      error(
        'E_CARRY_SHAPE',
        `carry \`${port}\` is unwired and the block declares no shape for it`,
        { path, port },
        {
          hint: `Wire a start value, or declare the input's shape in the block: {"name":"${port}","shape":["N", …]}.`,
        },
      ),
    );
    return undefined;
  }
  const start = sizesOf(building, shape, recurrence.arguments, path);
  if (start === null) return undefined;
  const parsed = constant.attributes.safeParse({ value: 0, shape: start });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    report(error('E_CARRY_SHAPE', `the shape of carry \`${port}\`: ${issue?.message}`, { path, port }));
    return undefined;
  }
  instances.push({
    path: name.replace('/in.', '/in_'),
    owner: `${scope.owner}${node.id}/in_${port}`,
    operator: constant,
    attributes: parsed.data,
    inputs: new Map(),
    outputNames: { y: name },
    settings: {},
  });
  return name;
}

/** Outputs of all time steps as one value, time first. */
function stackOutputs(
  { operators, instances, report }: Building,
  { scope, node }: Recurrence,
  attributes: RecurrenceAttributes,
  perStep: readonly ReadonlyMap<string, string>[],
): void {
  const path = scope.prefix + node.id;
  const stack = operators['stack'];
  for (const [name, output] of Object.entries(attributes.stack)) {
    const parts = perStep.map((outputs) => outputs.get(output));
    if (!stack || parts.some((part) => part === undefined)) {
      report(
        error('E_UNWIRED', `stacks the output \`${output}\`, to which nothing is wired inside the block`, {
          path,
          port: name,
        }),
      );
      continue;
    }
    instances.push({
      path: Object.keys(attributes.stack).length === 1 ? path : `${path}/stack_${name}`,
      owner: `${scope.owner}${node.id}`,
      operator: stack,
      attributes: stack.attributes.parse({ dim: 0 }),
      inputs: new Map(parts.map((part, t) => [`x${t}`, part as string])),
      outputNames: { y: `${path}.${name}` },
      settings: {},
    });
  }
}

/** Outputs of the last time step under the recurrence's own names. */
function giveLast(
  { aliases, report }: Building,
  { scope, node }: Recurrence,
  attributes: RecurrenceAttributes,
  perStep: readonly ReadonlyMap<string, string>[],
): void {
  const path = scope.prefix + node.id;
  for (const [name, output] of Object.entries(attributes.last)) {
    const value = perStep.at(-1)?.get(output);
    if (value === undefined)
      report(
        error('E_UNWIRED', `gives the last \`${output}\`, to which nothing is wired inside the block`, {
          path,
          port: name,
        }),
      );
    else aliases.set(`${path}.${name}`, value);
  }
}
