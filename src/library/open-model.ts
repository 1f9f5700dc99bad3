// A file that can be run, told apart by its content: a graph, a plan, or an ONNX model with its weights.
import { type OnnxReading, readOnnx } from '../formats/onnx/read-onnx.ts';
import { readGraph } from '../graph/read-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Plan } from '../program/plan.ts';
import type { Mode } from '../program/program.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

export interface OpenedModel {
  /** With errors among the diagnostics it is the good part of the file; null where nothing could be opened, or it is a plan. */
  readonly graph: GraphFile | null;
  readonly plan: Plan | null;
  /** What came along: parameters and state of an ONNX model. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** How an ONNX model calls its inputs and outputs → our names, as `run` takes them. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Outputs of which only the first rows count, by the file's name → the value that says how many: `run` takes them. */
  readonly rows: ReadonlyMap<string, string>;
  /** Values where the gradient starts with ones, for a file that has gradients among its outputs. */
  readonly seedGradients: readonly string[];
  /** Inputs whose numbers decide shapes and were not among the feeds. */
  readonly toFix: readonly string[];
  /** What the file asks for: train for dropout and batch statistics. */
  readonly mode: Mode;
  readonly diagnostics: readonly Diagnostic[];
}

export interface OpenOptions {
  /** Of the graph, where the file gives none. */
  readonly name?: string;
  /** Numbers of inputs that decide shapes (the sizes of a Reshape), by input node or by the file's name for it. */
  readonly feeds?: ReadonlyMap<string, Tensor>;
  /** Sizes that an ONNX model leaves open, by name. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** Never throws. */
export function openModel(
  bytes: Uint8Array,
  { name = 'model', feeds = new Map(), dims = {} }: OpenOptions = {},
): OpenedModel {
  const empty = new Map<string, never>();
  const lists = { diagnostics: [], seedGradients: [], toFix: [] };
  const none = { graph: null, plan: null, weights: empty, inputs: empty, outputs: empty, rows: empty, ...lists };
  if (!isText(bytes)) {
    const { gradients, ...reading } = openOnnx(bytes, { name, feeds, dims });
    return { ...none, ...reading, seedGradients: (gradients?.seeds ?? []).map(({ value }) => value) };
  }
  const text = new TextDecoder().decode(bytes);
  const plan = text.includes('"chainrule/plan"') ? readPlan(text) : null;
  if (plan !== null && 'format' in plan) return { ...none, mode: plan.mode, plan };
  return { ...none, mode: 'eval', ...(plan === null ? readGraph(text) : { diagnostics: [plan] }) };
}

/** JSON holds no control characters but white space; every ONNX model has some among its first bytes. */
function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 256).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** A plan, what is wrong with it, or null where the text is something else. */
function readPlan(text: string): Plan | Diagnostic | null {
  let plan: Partial<Plan>;
  try {
    plan = JSON.parse(text) as Partial<Plan>;
  } catch {
    return error('E_JSON_SYNTAX', 'not JSON');
  }
  if (plan?.format !== 'chainrule/plan' || plan.version !== 1) return null;
  return isWhole(plan) ? plan : error('E_PLAN', 'parts of the plan are missing');
}

function isWhole(plan: Partial<Plan>): plan is Plan {
  const lists = [plan.values, plan.kernels, plan.instructions, plan.steps, plan.feeds, plan.metrics];
  const retained = plan.retain === 'all' || Array.isArray(plan.retain);
  return lists.every(Array.isArray) && retained && typeof plan.names === 'object' && typeof plan.arena === 'object';
}

function openOnnx(bytes: Uint8Array, { feeds, ...options }: Required<OpenOptions>): OnnxReading {
  let reading = readOnnx(bytes, options);
  const fix = new Map<string, Tensor>();
  const shapes = new Map<string, Shape>();
  /** What the feeds say of these inputs, by ONNX's names, that was not taken yet. */
  const news = (names: readonly string[], taken: ReadonlyMap<string, unknown>) =>
    names.flatMap((name) => {
      const feed = taken.has(name) ? undefined : (feeds.get(name) ?? feeds.get(reading.inputs.get(name) ?? name));
      return feed ? [[name, feed] as const] : [];
    });
  // What is known of one input may show that another decides shapes, too.
  for (;;) {
    const numbers = news(reading.toFix, fix);
    const measured = news(reading.toShape, shapes);
    if (numbers.length + measured.length === 0) return reading;
    for (const [name, feed] of numbers) fix.set(name, feed);
    for (const [name, feed] of measured) shapes.set(name, feed.shape);
    reading = readOnnx(bytes, { ...options, fix, shapes });
  }
}
