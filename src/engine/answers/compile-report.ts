// What the page learns of a compilation: facts by node instance and by value name, and the rows of the debugger's list.
import type { Compilation } from '../../compiler/compile.ts';
import { canonical, outputName, type TypedNetwork } from '../../compiler/network.ts';
import { gatherPorts } from '../../operators/ports.ts';
import type { Plan } from '../../program/plan.ts';
import { numel } from '../../tensor/shape.ts';
import type { CompileReport, NodeFacts, StepFacts, ValueFacts } from '../protocol.ts';

/** A compilation as the page is told of it. `compileMs`: what it took. */
export function compileReport(
  { diagnostics, network, plan, stopped, untrainable }: Compilation,
  revision: number,
  compileMs: number,
): CompileReport {
  const values: Record<string, ValueFacts> = Object.create(null) as Record<string, ValueFacts>;
  for (const [name, { shape, dtype }] of network.values) values[name] = { shape, dtype };
  for (const [alias, name] of network.aliases) {
    const facts = values[canonical(network, name)];
    if (facts) values[alias] = facts;
  }
  if (plan) {
    const shares = namedShares(network);
    for (const [name, index] of Object.entries(plan.names)) {
      const value = plan.values[index];
      if (value && (isPublicName(name) || shares.has(name))) values[name] = { shape: value.shape, dtype: value.dtype };
    }
  }
  const nodes = nodeFacts(network);
  for (const [path, { waitsFor, inputs }] of stopped) {
    const arriving = [...inputs].map(([port, name]) => [port, canonical(network, name)] as const);
    for (const [port, name] of arriving) {
      const facts = values[name];
      if (facts) values[`${path}.${port}`] = facts;
    }
    const own = nodes[path] ?? nothing;
    nodes[path] = { ...own, inputs: Object.fromEntries(arriving), waitsFor };
    for (const scope of scopesOf(path)) {
      const around = nodes[scope] ?? nothing;
      nodes[scope] = { ...around, waitsFor: [...new Set([...(around.waitsFor ?? []), ...waitsFor])] };
    }
  }
  return {
    revision,
    diagnostics,
    runnable: plan !== null,
    nodes,
    values,
    steps: plan ? stepFacts(plan) : [],
    loss: plan?.loss ?? null,
    untrainable,
    parameterCount: plan
      ? plan.values.reduce((sum, value) => sum + (value.kind === 'parameter' ? numel(value.shape) : 0), 0)
      : 0,
    compileMs,
  };
}

/** Of a node of which nothing is known. */
const nothing: NodeFacts = {
  inputs: {},
  outputs: {},
  parameters: [],
  parameterCount: 0,
  flops: 0,
  bytes: 0,
  expandable: false,
};

/** Names that people see: no compiler's intermediates. */
export function isPublicName(name: string): boolean {
  return !name.includes(':');
}

/** What flows back through inputs that are called as an output is (a cell's h): `grad(cell.h)` is that of the output. */
function namedShares(network: TypedNetwork): ReadonlySet<string> {
  return new Set(
    network.instances.flatMap(({ path }) => {
      const { inputs = {}, outputs = {} } = network.types.get(path) ?? {};
      return Object.keys(inputs).flatMap((port) => (Object.hasOwn(outputs, port) ? [`grad(${path}.${port}):in`] : []));
    }),
  );
}

function stepFacts(plan: Plan): StepFacts[] {
  return plan.steps.map((step) => {
    const writes = new Set<string>();
    for (const { outputs } of plan.instructions.slice(step.from, step.to)) {
      for (const index of outputs) {
        const name = plan.values[index]?.name;
        if (name !== undefined && isPublicName(name)) writes.add(name);
      }
    }
    return { node: step.node, phase: step.phase, role: step.role, label: step.label, writes: [...writes] };
  });
}

function nodeFacts(network: TypedNetwork): Record<string, NodeFacts> {
  const facts: Record<string, NodeFacts> = Object.create(null) as Record<string, NodeFacts>;
  const counted = new Set<string>();
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    const parameters = Object.keys(types?.parameters ?? {}).map((port) => `${instance.owner}.${port}`);
    const inputs: Record<string, string> = {};
    for (const [port, name] of instance.inputs) inputs[port] = canonical(network, name);
    for (const feed of network.feeds) {
      if (feed.name.startsWith(`${instance.path}.`)) inputs[feed.name.slice(instance.path.length + 1)] = feed.name;
    }
    const own: NodeFacts = {
      inputs,
      outputs: Object.fromEntries(Object.keys(types?.outputs ?? {}).map((port) => [port, outputName(instance, port)])),
      parameters,
      parameterCount: Object.values(types?.parameters ?? {}).reduce((sum, type) => sum + numel(type.shape), 0),
      flops:
        types && !instance.expanded
          ? instance.operator.flops({
              inputs: {
                ...gatherPorts(instance.operator.inputs, (port) => types.inputs[port]),
                ...ofPorts(types.inputs, Object.keys(instance.operator.parameters)),
              } as never,
              outputs: types.raw as never,
              attributes: instance.attributes,
            })
          : 0,
      bytes: Object.values(types?.outputs ?? {}).reduce((sum, type) => sum + 4 * numel(type.shape), 0),
      expandable: instance.operator.expand !== undefined,
    };
    facts[instance.path] = merge(facts[instance.path], own);
    const shared = counted.has(instance.owner);
    counted.add(instance.owner);
    for (const scope of scopesOf(instance.path))
      facts[scope] = merge(
        facts[scope],
        shared
          ? { ...own, inputs: {}, outputs: {}, parameters: [], parameterCount: 0 }
          : { ...own, inputs: {}, outputs: {} },
      );
  }
  for (const [alias, name] of network.aliases) {
    const dot = alias.lastIndexOf('.');
    const scope = facts[alias.slice(0, dot)];
    if (scope)
      facts[alias.slice(0, dot)] = {
        ...scope,
        outputs: { ...scope.outputs, [alias.slice(dot + 1)]: canonical(network, name) },
      };
  }
  for (const [path, steps] of network.recurrences) {
    const scope = facts[path];
    if (scope) facts[path] = { ...scope, steps };
  }
  return facts;
}

function ofPorts<T>(types: Readonly<Record<string, T>>, ports: readonly string[]): Record<string, T | undefined> {
  return Object.fromEntries(ports.map((port) => [port, types[port]]));
}

/** `rnn[3]/cell` → `rnn[3]`, `rnn`; every block or time step around an instance. */
function scopesOf(path: string): string[] {
  const scopes: string[] = [];
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const scope = path.slice(0, slash);
    scopes.push(scope);
    const whole = scope.replace(/\[\d+\]$/, '');
    if (whole !== scope) scopes.push(whole);
  }
  return scopes;
}

function merge(before: NodeFacts | undefined, more: NodeFacts): NodeFacts {
  if (!before) return { ...more, expandable: more.expandable && Object.keys(more.outputs).length > 0 };
  return {
    ...before,
    inputs: { ...before.inputs, ...more.inputs },
    outputs: { ...before.outputs, ...more.outputs },
    parameters: [...new Set([...before.parameters, ...more.parameters])],
    parameterCount: before.parameterCount + more.parameterCount,
    flops: before.flops + more.flops,
    bytes: before.bytes + more.bytes,
  };
}
