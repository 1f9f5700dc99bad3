// elaborate: graph → network. Opens blocks (each use owns its parameters), unrolls recurrences (parameters shared over
// time), binds every port to a value name. Pure; what cannot be built is diagnosed and left out, the rest goes on.
import { resolveArguments } from '../graph/resolve-arguments.ts';
import type { Block, Dimension, GraphEdge, GraphFile, GraphNode, RecurrenceAttributes } from '../graph/schema.ts';
import { recurrenceSchema } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { initializerOf } from './initializers.ts';
import { canonical, type Instance, type Network, type ParameterSetting } from './network.ts';
import { topologicalOrder } from './topological-order.ts';

export interface ElaborateOptions {
  /** Sizes of symbolic dimensions; `N` is the batch. */
  readonly dims: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, Operator>>;
}

interface Scope {
  /** Instance path in front of every id: '' or `rnn[3]/`. */
  readonly prefix: string;
  readonly owner: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** `in.<name>` → value name. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly depth: number;
}

const maxDepth = 32;

export function elaborate(graph: GraphFile, options: ElaborateOptions, report: (d: Diagnostic) => void): Network {
  const instances: Instance[] = [];
  const aliases = new Map<string, string>();
  const recurrences = new Map<string, number>();
  const leftOut = new Map<string, string>();
  const { operators, dims } = options;

  const add = (instance: Instance) => void instances.push(instance);

  /** Elaborates a scope and answers what leaves it: `out.<name>` → value name. */
  function open(scope: Scope): Map<string, string> {
    const wires = new Map<string, Map<string, string>>();
    const outputs = new Map<string, string>();
    const source = (end: string): string =>
      end.startsWith('in.') ? (scope.inputs.get(end.slice(3)) ?? '') : scope.prefix + end;
    for (const edge of scope.edges) {
      const dot = edge.to.indexOf('.');
      const [node, port] = [edge.to.slice(0, dot), edge.to.slice(dot + 1)];
      const from = source(edge.from);
      if (from === '') continue; // an input of the block that stays unwired outside
      if (node === 'out') outputs.set(port, from);
      else wires.set(node, (wires.get(node) ?? new Map()).set(port, from));
    }
    const order = topologicalOrder(scope.nodes, scope.edges);
    const cyclic = new Set(order.cyclic);
    for (const { id, op } of scope.nodes) if (cyclic.has(id)) leftOut.set(scope.prefix + id, op);
    for (const id of order.cyclic) {
      report(
        error(
          'E_CYCLE',
          'is part of a cycle',
          { path: scope.prefix + id },
          { hint: 'Remove one wire of the loop, or use a recurrence with a carry.' },
        ),
      );
    }
    for (const node of order.nodes) {
      const inputs = new Map(
        [...(wires.get(node.id) ?? [])].map(([port, name]) => [port, canonical({ aliases }, name)]),
      );
      if (node.op === 'block') openBlock(scope, node, inputs);
      else if (node.op === 'recurrence') openRecurrence(scope, node, inputs);
      else openNode(scope, node, inputs);
    }
    return new Map([...outputs].map(([port, name]) => [port, canonical({ aliases }, name)]));
  }

  function openNode(scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
    const path = scope.prefix + node.id;
    const operator = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
    if (!operator) {
      report(error('E_OPERATOR', `there is no operator \`${node.op}\``, { path }));
      leftOut.set(path, node.op);
      return;
    }
    const resolved = resolveArguments(node.attributes, scope.arguments) as Record<string, unknown>;
    const isSized = operator.traits.source !== undefined && Array.isArray(resolved['shape']);
    const shape = isSized ? sizes(resolved['shape'] as Dimension[], scope.arguments, path) : undefined;
    if (shape === null) {
      leftOut.set(path, node.op);
      return;
    }
    const parsed = operator.attributes.safeParse(shape === undefined ? resolved : { ...resolved, shape });
    if (!parsed.success) {
      leftOut.set(path, node.op);
      for (const issue of parsed.error.issues) {
        const attribute = String(issue.path[0] ?? '');
        report(
          error(
            'E_ATTRIBUTE',
            `${issue.path.join('.') || 'attributes'}: ${issue.message}`,
            attribute ? { path, attribute } : { path },
          ),
        );
      }
      return;
    }
    const settings: Record<string, ParameterSetting> = {};
    for (const [port, given] of Object.entries(node.parameters)) {
      settings[port] = {
        trainable: given.trainable ?? true,
        ...(given.init ? { init: initializerOf(given.init) } : {}),
      };
    }
    const value = node.value;
    const owned = operator.traits.source === 'parameter' ? Object.keys(operator.parameters)[0] : undefined;
    if (owned !== undefined) aliases.set(`${path}.y`, `${scope.owner}${node.id}.${owned}`);
    add({
      path,
      owner: scope.owner + node.id,
      operator,
      attributes: parsed.data,
      inputs,
      settings,
      ...(value === undefined ? {} : { fixed: typeof value === 'number' ? [value] : value }),
    });
  }

  function blockOf(scope: Scope, node: GraphNode): Block | undefined {
    const path = scope.prefix + node.id;
    const block =
      node.block !== undefined && Object.hasOwn(graph.blocks, node.block) ? graph.blocks[node.block] : undefined;
    if (!block) report(error('E_BLOCK', `there is no block \`${node.block ?? ''}\``, { path }));
    else if (scope.depth >= maxDepth)
      report(error('E_BLOCK_DEPTH', `blocks are nested more than ${maxDepth} deep`, { path }));
    if (!block || scope.depth >= maxDepth) leftOut.set(path, node.op);
    return scope.depth >= maxDepth ? undefined : block;
  }

  function argumentsOf(scope: Scope, node: GraphNode, block: Block): Record<string, unknown> {
    return {
      ...block.arguments,
      ...(resolveArguments(node.arguments ?? {}, scope.arguments) as Record<string, unknown>),
    };
  }

  function openBlock(scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
    const block = blockOf(scope, node);
    if (!block) return;
    const path = scope.prefix + node.id;
    const outputs = open({
      prefix: `${path}/`,
      owner: `${scope.owner}${node.id}/`,
      nodes: block.nodes,
      edges: block.edges,
      inputs,
      arguments: argumentsOf(scope, node, block),
      depth: scope.depth + 1,
    });
    for (const name of block.outputs) {
      const from = outputs.get(name);
      if (from === undefined)
        report(
          error('E_UNWIRED', `nothing is wired to the output \`${name}\` of block \`${node.block}\``, {
            path,
            port: name,
          }),
        );
      else aliases.set(`${path}.${name}`, from);
    }
  }

  function openRecurrence(scope: Scope, node: GraphNode, inputs: Map<string, string>): void {
    const block = blockOf(scope, node);
    if (!block) return;
    const path = scope.prefix + node.id;
    const parsed = recurrenceSchema.safeParse(resolveArguments(node.attributes, scope.arguments));
    if (!parsed.success || typeof parsed.data.steps !== 'number') {
      const issue = parsed.success ? 'steps is not a number' : (parsed.error.issues[0]?.message ?? '');
      report(error('E_ATTRIBUTE', `recurrence: ${issue}`, { path }));
      leftOut.set(path, node.op);
      return;
    }
    const attributes: RecurrenceAttributes & { steps: number } = { ...parsed.data, steps: parsed.data.steps };
    const args = argumentsOf(scope, node, block);
    recurrences.set(path, attributes.steps);
    for (const port of attributes.scan) takeApart(scope, node, port, inputs.get(port), attributes.steps);
    let carried = new Map<string, string>();
    const perStep: Map<string, string>[] = [];
    for (let t = 0; t < attributes.steps; t++) {
      const at = `${path}[${t}]`;
      const arriving = new Map<string, string>();
      for (const [port, name] of inputs) {
        if (!attributes.scan.includes(port)) {
          if (!(port in attributes.carry) || t === 0) arriving.set(port, name);
          continue;
        }
        arriving.set(port, `${at}/in.${port}`);
      }
      for (const [port] of Object.entries(attributes.carry)) {
        const before = t === 0 ? inputs.get(port) : carried.get(port);
        if (before !== undefined) arriving.set(port, before);
        else if (t === 0) {
          const start = startOfCarry(
            block,
            port,
            args,
            path,
            `${at}/in.${port}`,
            `${scope.owner}${node.id}/in_${port}`,
          );
          if (start !== undefined) arriving.set(port, start);
        }
      }
      const outputs = open({
        prefix: `${at}/`,
        owner: `${scope.owner}${node.id}/`,
        nodes: block.nodes,
        edges: block.edges,
        inputs: arriving,
        arguments: args,
        depth: scope.depth + 1,
      });
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
    leaveRecurrence(scope, node, attributes, perStep);
  }

  /** A scanned input, one slice a time step: `rnn[t]/in.x`. */
  function takeApart(scope: Scope, node: GraphNode, port: string, name: string | undefined, steps: number): void {
    const unbind = operators['unbind'];
    if (!unbind || name === undefined) return;
    const path = scope.prefix + node.id;
    add({
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

  /** Zeros of the declared shape for a carry that nothing is wired to. */
  function startOfCarry(
    block: Block,
    port: string,
    args: Readonly<Record<string, unknown>>,
    path: string,
    name: string,
    owner: string,
  ): string | undefined {
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
    const start = sizes(shape, args, path);
    if (start === null) return undefined;
    const parsed = constant.attributes.safeParse({ value: 0, shape: start });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      report(error('E_CARRY_SHAPE', `the shape of carry \`${port}\`: ${issue?.message}`, { path, port }));
      return undefined;
    }
    add({
      path: name.replace('/in.', '/in_'),
      owner,
      operator: constant,
      attributes: parsed.data,
      inputs: new Map(),
      outputNames: { y: name },
      settings: {},
    });
    return name;
  }

  function leaveRecurrence(
    scope: Scope,
    node: GraphNode,
    attributes: RecurrenceAttributes,
    perStep: readonly Map<string, string>[],
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
      add({
        path: Object.keys(attributes.stack).length === 1 ? path : `${path}/stack_${name}`,
        owner: `${scope.owner}${node.id}`,
        operator: stack,
        attributes: stack.attributes.parse({ dim: 0 }),
        inputs: new Map(parts.map((part, t) => [`x${t}`, part as string])),
        outputNames: { y: `${path}.${name}` },
        settings: {},
      });
    }
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

  /** Null where a dimension has no size. */
  function sizes(shape: readonly Dimension[], args: Readonly<Record<string, unknown>>, path: string): number[] | null {
    const found = shape.map((size) => {
      const plain = typeof size === 'object' ? (args[size.arg] as number | string | undefined) : size;
      if (typeof plain === 'number') return plain;
      const known = plain !== undefined && Object.hasOwn(dims, plain) ? dims[plain] : undefined;
      if (known !== undefined) return known;
      report(
        error(
          'E_DIMENSION',
          `the dimension \`${String(plain)}\` has no size`,
          { path, attribute: 'shape' },
          { hint: `Give it with --dim ${String(plain)}=…, or write a number; N is the batch.` },
        ),
      );
      return null;
    });
    return found.every((size) => size !== null) ? found : null;
  }

  open({ prefix: '', owner: '', nodes: graph.nodes, edges: graph.edges, inputs: new Map(), arguments: {}, depth: 0 });
  return { instances, aliases, recurrences, leftOut };
}
