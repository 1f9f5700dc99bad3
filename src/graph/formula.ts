// Formulas and graphs: a statement is a node, a number on its own a fixed input, a name without a statement a free input.
// Functions are the operators that take all they need through their inputs, plus the aliases below.

import { type FormulaExpression, type FormulaStatement, formulaError, parseFormulas } from '../language/formula.ts';
import { identifierFault, uniqueId } from '../language/identifier.ts';
import { meant } from '../language/nearest.ts';
import { printFormula } from '../language/print-formula.ts';
import type { Span } from '../language/tokens.ts';
import { allOperators, findOperator } from '../operators/catalogue.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import { listed } from './check-attributes.ts';
import { endpointNode, parseEndpoint } from './endpoint.ts';
import { type NodePort, nodePorts } from './ports.ts';
import type { GraphEdge, GraphNode, Scope } from './schema.ts';

export interface FormulaGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly diagnostics: readonly Diagnostic[];
}

const aliases: Readonly<Record<string, string>> = { max: 'maximum', min: 'minimum', ln: 'log' };
const signs = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '^': 'pow' } as const;
/** Beyond, nobody reads the text. */
const mostNodes = 1000;
const column = 280;
const row = 190;

/** Nodes and wires of a text. Nodes known from `previous` keep their place, title and what else the text does not say. */
export function graphFromFormulas(text: string, previous: readonly GraphNode[] = []): FormulaGraph {
  const { statements, diagnostics } = parseFormulas(text);
  const builder = new FormulaBuilder(text, statements, previous);
  for (const statement of statements) builder.state(statement);
  return { ...builder.result(), diagnostics: [...diagnostics, ...builder.diagnostics] };
}

/** The text of a graph, one statement a node; null when it holds what formulas cannot say (attributes, blocks, owned parameters). */
export function formulasFromGraph({ nodes, edges }: Pick<Scope, 'nodes' | 'edges'>): string | null {
  if (nodes.length > mostNodes) return null;
  const sources = new Map(edges.map(({ from, to }) => [to, from]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lines: string[] = [];
  for (const node of inTopologicalOrder(nodes, edges)) {
    const line = statementOf(node, sources, byId);
    if (line === null) return null;
    if (line !== '') lines.push(line);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

class FormulaBuilder {
  readonly diagnostics: Diagnostic[] = [];
  private readonly nodes = new Map<string, GraphNode>();
  private readonly edges: GraphEdge[] = [];
  private readonly columns = new Map<string, number>();
  private readonly rows = new Map<number, number>();
  /** Names whose statements have been read, with or without success. */
  private readonly given = new Set<string>();
  private readonly text: string;
  private readonly statements: ReadonlySet<string>;
  private readonly previous: ReadonlyMap<string, GraphNode>;

  constructor(text: string, statements: readonly FormulaStatement[], previous: readonly GraphNode[]) {
    this.text = text;
    this.statements = new Set(statements.map(({ name }) => name));
    this.previous = new Map(previous.map((node) => [node.id, node]));
  }

  state({ name, nameSpan, expression }: FormulaStatement): void {
    if (this.given.has(name)) this.fault(nameSpan, `\`${name}\` is given twice`);
    else if (expression.kind === 'number') {
      this.place(name, 'input', [], { attributes: { shape: [] }, value: expression.value });
    } else if (expression.kind === 'name') {
      this.fault(expression, `\`${name}\` would only be another name for \`${expression.name}\``);
    } else this.build(expression, name);
    this.given.add(name);
  }

  result(): Pick<FormulaGraph, 'nodes' | 'edges'> {
    return { nodes: [...this.nodes.values()], edges: this.edges };
  }

  /** @returns the value that the expression is, or undefined after a fault */
  private build(expression: FormulaExpression, name?: string): string | undefined {
    switch (expression.kind) {
      case 'number':
        return `${this.place(name ?? this.fresh('constant'), 'constant', [], { attributes: { value: expression.value } })}.y`;
      case 'name':
        return this.read(expression.name, expression);
      case 'negate':
        return this.apply('neg', [expression.operand], expression, name);
      case 'binary': {
        const { sign, left, right } = expression;
        if (sign !== '^' || right.kind !== 'number') return this.apply(signs[sign], [left, right], expression, name);
        return this.apply('pow', [left], expression, name, { exponent: right.value });
      }
      case 'call':
        return this.call(expression, name);
    }
  }

  private call(
    expression: FormulaExpression & { readonly kind: 'call' },
    name: string | undefined,
  ): string | undefined {
    const given = expression.arguments;
    const only = given[0];
    if (expression.name === 'constant' && given.length === 1 && only?.kind === 'number') return this.build(only, name);
    const op = Object.hasOwn(aliases, expression.name) ? aliases[expression.name] : expression.name;
    if (op !== undefined && isFunction(op)) return this.apply(op, given, expression, name);
    const names = [...Object.keys(aliases), ...allOperators().flatMap(({ id }) => (isFunction(id) ? [id] : []))];
    this.fault(expression, `there is no function \`${expression.name}\`${meant(expression.name, names)}`);
    return undefined;
  }

  private apply(
    op: string,
    given: readonly FormulaExpression[],
    span: Span,
    name: string | undefined,
    attributes: GraphNode['attributes'] = {},
  ): string | undefined {
    const ports = inputPorts(op, given.length);
    if (ports === undefined) {
      this.fault(span, `\`${op}\` takes ${countOf(op)}, not ${given.length}`);
      return undefined;
    }
    const values = given.map((each) => this.build(each));
    const sources = values.filter((value) => value !== undefined);
    if (sources.length < values.length) return undefined;
    const id = this.place(name ?? this.fresh(op), op, sources, { attributes });
    for (const [index, from] of sources.entries()) this.edges.push({ from, to: `${id}.${ports[index]}` });
    return `${id}.y`;
  }

  private read(name: string, span: Span): string | undefined {
    const fault = identifierFault(name);
    if (fault !== undefined) {
      this.fault(span, `\`${name}\` ${fault}`);
      return undefined;
    }
    if (!this.nodes.has(name)) {
      if (this.given.has(name)) return undefined;
      if (this.statements.has(name)) {
        this.fault(span, `\`${name}\` is used before it is given`);
        return undefined;
      }
      this.place(name, 'input', [], { attributes: { shape: [] } });
    }
    return `${name}.y`;
  }

  private place(
    id: string,
    op: string,
    sources: readonly string[],
    given: Pick<GraphNode, 'attributes' | 'value'>,
  ): string {
    const depth = 1 + sources.reduce((most, from) => Math.max(most, this.columns.get(endpointNode(from)) ?? 0), -1);
    const index = this.rows.get(depth) ?? 0;
    this.columns.set(id, depth);
    this.rows.set(depth, index + 1);
    const known = this.previous.get(id);
    const { value: _, ...kept } = known?.op === op ? known : { position: [depth * column, index * row] as const };
    // A free input keeps the shape that it was given on the canvas.
    const attributes =
      op === 'input' && given.value === undefined && known?.op === 'input' ? known.attributes : given.attributes;
    this.nodes.set(id, { parameters: {}, ...kept, id, op, ...given, attributes });
    return id;
  }

  private fresh(op: string): string {
    const taken = (id: string) => this.nodes.has(id) || this.statements.has(id);
    return uniqueId(op === 'constant' ? 'constant' : `${op}1`, taken);
  }

  private fault(span: Span, message: string): void {
    this.diagnostics.push(formulaError(this.text, span, message));
  }
}

/** Operators that formulas can call: no parameters of their own, one output `y`. */
function isFunction(op: string): boolean {
  const entry = findOperator(op);
  if (entry === undefined || entry.traits.source !== undefined || Object.keys(entry.inputs).length === 0) return false;
  const { y } = entry.outputs;
  return Object.keys(entry.parameters).length === 0 && y !== undefined && y.variadic === undefined;
}

function dataPorts(op: string): readonly NodePort[] {
  const ports = nodePorts({ op, attributes: {} }, () => undefined);
  return ports?.inputs.filter(({ parameter }) => !parameter) ?? [];
}

/** The ports that so many arguments go to; undefined when they do not fit. */
function inputPorts(op: string, count: number): readonly string[] | undefined {
  const ports = dataPorts(op);
  const variadic = ports.find((port) => port.variadic !== undefined);
  if (variadic?.variadic !== undefined) {
    const fits = ports.length === 1 && count >= variadic.variadic;
    return fits ? Array.from({ length: count }, (_, index) => `${variadic.name}${index}`) : undefined;
  }
  const needed = ports.filter(({ optional }) => !optional).length;
  return count >= needed && count <= ports.length ? ports.slice(0, count).map(({ name }) => name) : undefined;
}

function countOf(op: string): string {
  const ports = dataPorts(op);
  const variadic = ports.find((port) => port.variadic !== undefined);
  if (variadic !== undefined) return `at least ${variadic.variadic} values`;
  const counts = ports.flatMap((_, index) => (inputPorts(op, index + 1) === undefined ? [] : [`${index + 1}`]));
  return `${listed(counts)} value${counts.at(-1) === '1' ? '' : 's'}`;
}

type Sources = ReadonlyMap<string, string>;

/** One line, '' for what is said elsewhere (free inputs, constants within), null for what cannot be said. */
function statementOf(node: GraphNode, sources: Sources, byId: ReadonlyMap<string, GraphNode>): string | null {
  if (node.op === 'input') {
    const { value } = node;
    const scalar = Array.isArray(node.attributes['shape']) && node.attributes['shape'].length === 0;
    if (value === undefined) return '';
    return typeof value === 'number' && scalar ? `${node.id} = ${value}` : null;
  }
  if (node.op === 'constant' && isPlainConstant(node)) {
    const value = node.attributes['value'] as number;
    return hasFreshName(node) ? '' : `${node.id} = constant(${value})`;
  }
  const expression = expressionOf(node, sources, byId);
  return expression === null ? null : `${node.id} = ${printFormula(expression)}`;
}

function isPlainConstant(node: GraphNode): boolean {
  return typeof node.attributes['value'] === 'number' && Object.keys(node.attributes).length === 1;
}

/** Called as a number within a formula would be. */
function hasFreshName(node: GraphNode): boolean {
  return /^constant[0-9]*$/.test(node.id) && node.title === undefined;
}

const nowhere: Span = { from: 0, to: 0 };

function expressionOf(
  node: GraphNode,
  sources: Sources,
  byId: ReadonlyMap<string, GraphNode>,
): FormulaExpression | null {
  const count = [...sources.keys()].filter((to) => endpointNode(to) === node.id).length;
  const ports = isFunction(node.op) ? inputPorts(node.op, count) : undefined;
  if (ports === undefined) return null;
  const given: FormulaExpression[] = [];
  for (const port of ports) {
    const operand = operandOf(sources.get(`${node.id}.${port}`), byId);
    if (operand === null) return null;
    given.push(operand);
  }
  const names = Object.keys(node.attributes);
  const [left, right] = given;
  const exponent = node.attributes['exponent'];
  if (
    node.op === 'pow' &&
    left !== undefined &&
    right === undefined &&
    typeof exponent === 'number' &&
    names.length === 1
  ) {
    return { kind: 'binary', sign: '^', left, right: { kind: 'number', value: exponent, ...nowhere }, ...nowhere };
  }
  if (names.length > 0) return null;
  const sign = Object.entries(signs).find(([, op]) => op === node.op)?.[0] as keyof typeof signs | undefined;
  if (sign !== undefined && left !== undefined && right !== undefined)
    return { kind: 'binary', sign, left, right, ...nowhere };
  if (node.op === 'neg' && left?.kind === 'name') return { kind: 'negate', operand: left, ...nowhere };
  const name = Object.entries(aliases).find(([alias, op]) => op === node.op && alias !== 'ln')?.[0] ?? node.op;
  return { kind: 'call', name, arguments: given, ...nowhere };
}

function operandOf(source: string | undefined, byId: ReadonlyMap<string, GraphNode>): FormulaExpression | null {
  const end = source === undefined ? undefined : parseEndpoint(source);
  const node = end && byId.get(end.node);
  if (end === undefined || node === undefined || end.port !== 'y') return null;
  if (node.op === 'constant' && isPlainConstant(node) && hasFreshName(node)) {
    return { kind: 'number', value: node.attributes['value'] as number, ...nowhere };
  }
  return { kind: 'name', name: end.node, ...nowhere };
}

/** Sources first, otherwise as they stand. */
function inTopologicalOrder(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): readonly GraphNode[] {
  const waiting = new Map(nodes.map(({ id }) => [id, new Set<string>()]));
  for (const { from, to } of edges) waiting.get(endpointNode(to))?.add(endpointNode(from));
  const done = new Set<string>();
  const ordered: GraphNode[] = [];
  let left = [...nodes];
  while (left.length > 0) {
    const ready = left.filter(({ id }) => [...(waiting.get(id) ?? [])].every((each) => done.has(each)));
    if (ready.length === 0) break;
    for (const node of ready) done.add(node.id);
    ordered.push(...ready);
    left = left.filter(({ id }) => !done.has(id));
  }
  return ordered;
}
