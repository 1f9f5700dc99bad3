// Bytes → ModelProto with the versions of its operator sets, or a diagnostic. What a file may hold at most is bounded here:
// beyond lies no drawing but an attack or an accident.
import { limits } from '../../../graph/limits.ts';
import { type Diagnostic, error } from '../../../tensor/diagnostic.ts';
import { type GraphProto, type ModelProto, onnx } from '../onnx-messages.generated.js';
import { toNumber } from './decode-tensor.ts';

export interface DecodedModel {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** Version of an operator set by domain, '' for the default one. Files of 2017 name none: version 1. */
  opset(domain: string): number;
}

/** The messages of a model, or E_ONNX: never throws. */
export function decodeModel(bytes: Uint8Array): DecodedModel | Diagnostic {
  const refuse = (reason: string) => error('E_ONNX', `not a readable ONNX file: ${reason}`);
  let model: ModelProto;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch (cause) {
    return refuse(`its messages break off or are damaged (${cause instanceof Error ? cause.message : 'unreadable'})`);
  }
  const { graph } = model;
  if (!graph) return refuse('it holds no graph');
  const { node, initializer, input } = graph;
  if (node.length + initializer.length + input.length === 0) return refuse('its graph is empty');
  for (const [count, what] of [
    [node.length, 'nodes'],
    [initializer.length, 'initialisers'],
    [input.length, 'inputs'],
  ] as const) {
    if (count > limits.nodes) return error('E_TOO_LARGE', `${count} ${what}, ${limits.nodes} are allowed`);
  }
  const wires = node.reduce((sum, each) => sum + each.input.length + each.output.length, 0);
  if (wires > limits.edges * 2) return error('E_TOO_LARGE', `${wires} ends of wires, ${limits.edges * 2} are allowed`);
  const long = tooLong(graph);
  if (long) return error('E_TOO_LARGE', `a name of ${long.length} characters, “${long.slice(0, 40)}…”`);
  const versions = new Map<string, number>();
  for (const { domain, version } of model.opsetImport) versions.set(defaultDomain(domain), toNumber(version));
  return { model, graph, opset: (domain) => versions.get(defaultDomain(domain)) ?? 1 };
}

/** Names end up in messages, ids and titles. */
const mostName = 1000;
/** Of an operator that is unknown: it is drawn by its name. */
const mostOperator = 100;

function tooLong({ node, initializer, input, output }: GraphProto): string | undefined {
  const names = node.flatMap((each) => [
    each.name,
    each.domain,
    ...each.input,
    ...each.output,
    ...each.attribute.map(({ name }) => name),
  ]);
  for (const { name } of [...initializer, ...input, ...output]) names.push(name);
  return (
    names.find((name) => name.length > mostName) ??
    node.map(({ opType }) => opType).find((name) => name.length > mostOperator)
  );
}

/** `ai.onnx` is another name of the default domain. */
export function defaultDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
