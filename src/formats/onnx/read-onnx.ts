// ONNX → graph with its weights. Never throws and never trusts a number of the file; what one node needs and is not supported
// is said once, with the node, and the node stays as an unknown one: the rest opens and draws. What each operator becomes is
// said by the forms (onnx-form.ts). Only `progress` may end a reading, by throwing.
import type { CompileOptions } from '../../compiler/compile.ts';
import { graphFormat, graphVersion } from '../../graph/graph-format.ts';
import { limits } from '../../graph/limits.ts';
import { type Dimension, type GraphFile, graphSchema } from '../../graph/schema.ts';
import { isIdentifier } from '../../language/identifier.ts';
import type { TensorType } from '../../operators/define-operator.ts';
import type { Mode } from '../../program/program.ts';
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { onnxForms } from './forms.generated.ts';
import type { NodeProto, ValueInfoProto } from './onnx-messages.generated.js';
import { type DecodedModel, decodeModel, defaultDomain } from './reading/decode-model.ts';
import { decodeTensor, elementKind, elementName, mostRank, toNumber } from './reading/decode-tensor.ts';
import { createGraphBuilder, type GraphBuilder, isFull } from './reading/graph-builder.ts';
import { literalOf } from './reading/literal.ts';
import { nameSizes } from './reading/name-sizes.ts';
import { GaveUp, readNode } from './reading/node-reader.ts';
import { orderNodes } from './reading/order-nodes.ts';
import { type OnnxName, wireOf } from './reading/values.ts';

export interface ReadOnnxOptions {
  /** Sizes of symbolic dimensions, by the names that the file gives them or the ids that they have here; the others stay open. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole shapes of graph inputs (N: the batch), by their ONNX names, in place of what the file declares. */
  readonly shapes?: ReadonlyMap<string, readonly Dimension[]>;
  /** Numbers of graph inputs that decide shapes, by their ONNX names: they become inputs with a fixed value. */
  readonly fix?: ReadonlyMap<string, Tensor>;
  /** Name of the graph where the file gives none. */
  readonly name?: string;
  /** Told now and then how much has been read, 0…1. What it throws ends the reading and is not caught. */
  readonly progress?: (share: number) => void;
}

export interface OnnxReading {
  /** null where nothing could be opened. */
  readonly graph: GraphFile | null;
  /** Parameters and state by name, as `assignWeights` takes them: `conv1.weight`. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly diagnostics: readonly Diagnostic[];
  /** ONNX name of a graph input → the id of its `input` node. */
  readonly inputs: ReadonlyMap<string, string>;
  /** ONNX name of a graph output → the name of our value; outputs behind unsupported nodes included. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Outputs of which only the first rows count: the value that says how many. The others are −1. */
  readonly rows: ReadonlyMap<string, string>;
  /** What must be differentiated, for outputs that are gradients (`grad(x.y)`); null: nothing. */
  readonly gradients: Extract<CompileOptions['gradients'], object> | null;
  /** Graph inputs whose numbers decide shapes and were not fixed: read again with them in `fix`. */
  readonly toFix: readonly string[];
  /** Graph inputs whose shape the file does not say; taken for single numbers unless `shapes` gives it. */
  readonly toShape: readonly string[];
  /** How many nodes have no shape, because they or something before them do not fit. */
  readonly unshaped: number;
  /** `train` where the file asks for it: dropout, batch statistics. */
  readonly mode: Mode;
}

const formsByOp = new Map(onnxForms.map((form) => [`${form.domain ?? ''}:${form.op}`, form]));

/** Versions of the default operator set whose operators are read as they mean them. */
const knownOpsets = [7, 25] as const;

/** Reads a whole file. */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxReading {
  const decoded = decodeModel(bytes);
  if ('code' in decoded) {
    const none = new Map<string, never>();
    const lists = { toFix: [], toShape: [], unshaped: 0 };
    const nothing = { inputs: none, outputs: none, rows: none, gradients: null, ...lists };
    return { graph: null, weights: none, diagnostics: [decoded], ...nothing, mode: 'eval' };
  }
  return new OnnxReader(decoded, options).read();
}

class OnnxReader {
  readonly #model: DecodedModel;
  readonly #options: ReadOnnxOptions;
  readonly #builder: GraphBuilder;
  readonly #names = new Map<string, OnnxName>();
  readonly #uses: ReadonlyMap<string, number>;
  readonly #declared = new Map<string, { readonly name: string }>();
  readonly #types = new Map<string, TensorType>();
  readonly #inputs = new Map<string, string>();
  readonly #inputNames = new Map<string, string>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #sizeName: ReturnType<typeof nameSizes>;
  readonly #toFix = new Set<string>();
  readonly #toShape = new Set<string>();
  readonly #rows = new Map<string, string>();
  readonly #seeds = new Set<string>();
  readonly #towards = new Set<string>();
  #mode: Mode = 'eval';

  constructor(model: DecodedModel, options: ReadOnnxOptions) {
    this.#model = model;
    this.#options = options;
    this.#sizeName = nameSizes(model.graph.input);
    const open = model.graph.input.some((info) => this.#inputShape(info).some((size) => typeof size === 'string'));
    this.#builder = createGraphBuilder(open);
    this.#uses = countUses(model);
  }

  read(): OnnxReading {
    const { graph } = this.#model;
    const work = graph.initializer.length + graph.node.length + 1;
    let done = 0;
    const advance = () => this.#options.progress?.(done++ / work);
    this.#checkVersion();
    for (const initializer of graph.initializer) {
      advance();
      this.#readInitializer(initializer);
    }
    for (const { values } of graph.sparseInitializer) {
      this.#fault('E_ONNX_TENSOR', `initialiser \`${values?.name ?? ''}\` is sparse, which is not supported`);
    }
    for (const info of [...graph.valueInfo, ...graph.output]) this.#declare(info);
    for (const info of graph.input) this.#readInput(info);
    this.#checkGivers();
    for (const node of orderNodes(graph.node, this.#names)) {
      advance();
      if (isFull(this.#builder)) {
        const most = `${limits.nodes} nodes and ${limits.edges} wires`;
        this.#fault('E_TOO_LARGE', `the graph needs more than ${most}; the rest is left out`);
        break;
      }
      this.#readNode(node);
    }
    return this.#finish();
  }

  #fault(code: `E_${string}`, message: string, path?: string, hint?: string): void {
    this.#diagnostics.push(
      error(code, message, path === undefined ? {} : { path }, hint === undefined ? {} : { hint }),
    );
  }

  #checkVersion(): void {
    const version = this.#model.opset('');
    const [oldest, newest] = knownOpsets;
    if (version >= oldest && version <= newest) return;
    const known = `sets ${oldest} to ${newest} are known`;
    const message = `the file is of operator set ${version}; ${known}, and what it means otherwise may be read wrongly`;
    const hint = { hint: 'Convert it with onnx.version_converter, and compare outputs.' };
    this.#diagnostics.push(warning('W_ONNX_OPSET', message, {}, hint));
  }

  #readInitializer(proto: Parameters<typeof decodeTensor>[0]): void {
    const tensor = decodeTensor(proto);
    const { name } = proto;
    if ('fault' in tensor) {
      const external = proto.dataLocation === 1;
      this.#fault(external ? 'E_ONNX_EXTERNAL' : 'E_ONNX_TENSOR', `initialiser \`${name}\`: ${tensor.fault}`);
    } else {
      if (this.#names.has(name)) {
        const message = `the initialiser \`${name}\` occurs more than once; the last one was read`;
        this.#diagnostics.push(warning('W_ONNX_DUPLICATE', message));
      }
      this.#names.set(name, { name, literal: tensor });
    }
    this.#declared.set(name, { name: elementName(proto.dataType) });
  }

  /** A name that several give would mean one here and another there. */
  #checkGivers(): void {
    const given = new Set(this.#names.keys());
    const told = new Set<string>();
    for (const node of this.#model.graph.node) {
      for (const name of node.output) {
        if (name === '' || told.has(name)) continue;
        if (given.has(name)) {
          told.add(name);
          this.#fault('E_ONNX_DUPLICATE', `${this.#label(node)} gives \`${name}\`, which something else gives, too`);
        }
        given.add(name);
      }
    }
  }

  #declare(info: ValueInfoProto): void {
    const tensor = info.type?.tensorType;
    if (!tensor) return;
    this.#declared.set(info.name, { name: elementName(tensor.elemType) });
    const kind = elementKind(tensor.elemType);
    const sizes = tensor.shape?.dim.map((dim) => (dim.dimValue === null ? -1 : toNumber(dim.dimValue)));
    if (!kind || !sizes || sizes.length > 8 || sizes.some((size) => !Number.isSafeInteger(size) || size < 0)) return;
    this.#types.set(info.name, { dtype: kind.dtype, shape: sizes });
  }

  #readInput(info: ValueInfoProto): void {
    const { name } = info;
    if (this.#inputs.has(name)) {
      this.#fault('E_ONNX_DUPLICATE', `the input \`${name}\` occurs more than once`);
      return;
    }
    // Files of old list initialisers among the inputs.
    if (this.#names.has(name)) return;
    this.#declare(info);
    const tensor = info.type?.tensorType;
    const fixed = this.#options.fix?.get(name);
    const kind = tensor ? elementKind(tensor.elemType) : undefined;
    if (!kind && !fixed) {
      const what = tensor ? `holds elements of type ${elementName(tensor.elemType)}` : 'is not a tensor';
      this.#fault('E_ONNX_INPUT', `the input \`${name}\` ${what}, which is not supported`);
      return;
    }
    const shape = fixed?.shape ?? this.#inputShape(info);
    if (shape.length > mostRank) {
      this.#fault('E_ONNX_INPUT', `the input \`${name}\` has ${shape.length} dimensions, ${mostRank} are supported`);
      return;
    }
    if (!fixed && tensor && !tensor.shape && !this.#options.shapes?.has(name)) {
      this.#toShape.add(name);
      const hint = 'Give its shape when opening the file.';
      this.#fault('E_ONNX_SHAPE', `the file does not say the shape of the input \`${name}\``, undefined, hint);
    }
    const dtype = fixed?.dtype ?? kind?.dtype ?? 'float32';
    const built = this.#builder.add({
      name: ownName(name),
      op: 'input',
      attributes: { shape, dtype },
      ...(fixed ? { value: [...fixed.data] } : {}),
    });
    if ('fault' in built) {
      this.#fault('E_ONNX_INPUT', `the input \`${name}\` cannot be one of ours: ${built.fault}`);
      return;
    }
    this.#inputs.set(name, built.id);
    this.#inputNames.set(built.id, name);
    this.#names.set(name, {
      name,
      wire: built.y,
      ...(fixed ? { literal: literalOf(fixed) } : {}),
    });
  }

  /** Sizes that the file leaves open are called as `nameSizes` says. */
  #inputShape(info: ValueInfoProto): readonly Dimension[] {
    const whole = this.#options.shapes?.get(info.name);
    if (whole) return whole;
    const dims = info.type?.tensorType?.shape?.dim ?? [];
    const given = new Map(Object.entries(this.#options.dims ?? {}));
    return dims.slice(0, mostRank + 1).map((dim, axis) => {
      const size = dim.dimValue === null ? -1 : toNumber(dim.dimValue);
      if (size >= 0) return size;
      const symbol = dim.dimParam ?? '';
      const name = this.#sizeName(symbol, axis, info.name);
      return given.get(symbol) ?? given.get(name) ?? name;
    });
  }

  #readNode(node: NodeProto): void {
    const domain = defaultDomain(node.domain);
    const form = formsByOp.get(`${domain}:${node.opType}`);
    const takeBack = this.#builder.mark();
    const before = new Map(node.output.map((name) => [name, this.#names.get(name)]));
    const wired = new Map([...new Set(node.input)].map((name) => [name, this.#names.get(name)?.wire]));
    try {
      if (!form) throw new GaveUp('the operator is not supported');
      const { unknown } = readNode(node, form, this.#model.opset(domain), {
        builder: this.#builder,
        names: this.#names,
        uses: this.#uses,
        declared: this.#declared,
        inputOf: (id) => this.#inputNames.get(id),
        trains: () => {
          this.#mode = 'train';
        },
        readInside: (name) => this.#model.graph.node.some(({ input }) => input.includes(name)),
        countRows: (name, count) => void this.#rows.set(name, count),
        differentiate: (y, x) => {
          this.#seeds.add(y);
          this.#towards.add(x);
        },
        warn: (message) => {
          this.#diagnostics.push(warning('W_ONNX_ROWS', `${this.#label(node)}: ${message}`, this.#place(node)));
        },
      });
      this.#completeOutputs(node);
      for (const name of unknown) {
        const message = `${this.#label(node)}: the attribute \`${name}\` is not known and was ignored`;
        this.#diagnostics.push(warning('W_ONNX_ATTRIBUTE', message, this.#place(node)));
      }
    } catch (reason) {
      if (!(reason instanceof GaveUp)) throw reason;
      takeBack();
      for (const [name, value] of before) {
        if (value) this.#names.set(name, value);
        else this.#names.delete(name);
      }
      for (const [name, wire] of wired) {
        const value = this.#names.get(name);
        if (value && wire === undefined) delete value.wire;
      }
      this.#leaveUnknown(node, form ? 'E_ONNX_NODE' : 'E_ONNX_OPERATOR', reason);
    }
  }

  #completeOutputs(node: NodeProto): void {
    for (const [index, name] of node.output.entries()) {
      if (name === '' || this.#names.has(name) || (this.#uses.get(name) ?? 0) === 0) continue;
      throw new GaveUp(`its output ${index} (\`${name}\`) is not supported`);
    }
  }

  #leaveUnknown(node: NodeProto, code: `E_${string}`, reason: GaveUp): void {
    const wires = node.input.flatMap((name) => {
      const value = this.#names.get(name);
      return value ? (wireOf(this.#builder, value) ?? []) : [];
    });
    const types = node.output.map((name) => this.#types.get(name));
    const built = this.#builder.addUnknown(node.name || node.opType, node.opType, wires, types);
    for (const [index, name] of node.output.entries()) {
      if (name !== '') this.#names.set(name, { name, wire: built.port(`y${index}`) });
    }
    const message = `${this.#label(node)}: ${reason.message}`;
    if (reason.input === undefined) this.#fault(code, message, built.id);
    else {
      this.#toFix.add(reason.input);
      this.#fault(
        'E_ONNX_FIX',
        message,
        built.id,
        `Give the input \`${reason.input}\` a fixed value when opening the file.`,
      );
    }
  }

  #place(node: NodeProto) {
    const wire = node.output.map((name) => this.#names.get(name)?.wire).find((each) => each !== undefined);
    return wire === undefined ? {} : { path: wire.slice(0, wire.indexOf('.')) };
  }

  /** `node "conv1" (Conv, operator set 11)` */
  #label({ name, opType, domain, output }: NodeProto): string {
    const called = name === '' ? `the node that gives \`${output.find((each) => each !== '') ?? ''}\`` : `\`${name}\``;
    const set = defaultDomain(domain) === '' ? 'operator set' : `${domain}`;
    return `${called} (${opType}, ${set} ${this.#model.opset(domain)})`;
  }

  #finish(): OnnxReading {
    const { graph: proto } = this.#model;
    const outputs = new Map<string, string>();
    for (const { name } of proto.output) {
      const value = this.#names.get(name);
      const wire = value ? wireOf(this.#builder, value) : null;
      if (wire === null) this.#fault('E_ONNX_OUTPUT', `nothing gives the output \`${name}\``);
      else outputs.set(name, wire);
    }
    const { nodes, edges, weights } = this.#builder;
    const name = (this.#options.name ?? proto.name) || 'ONNX model';
    const graph = graphSchema.parse({
      format: graphFormat,
      version: graphVersion,
      name: name.slice(0, 200),
      nodes: nodes.map(({ title, ...rest }) => (title === undefined ? rest : { ...rest, title: title.slice(0, 500) })),
      edges,
    });
    return {
      graph,
      weights,
      diagnostics: this.#diagnostics,
      inputs: this.#inputs,
      outputs,
      rows: new Map([...this.#rows].filter(([name]) => outputs.has(name))),
      gradients: this.#seeds.size > 0 ? { seeds: seedsOf(this.#seeds), towards: [...this.#towards] } : null,
      toFix: [...this.#toFix],
      toShape: [...this.#toShape],
      unshaped: nodes.filter(({ id }) => !this.#builder.isShaped(id)).length,
      mode: this.#mode,
    };
  }
}

function seedsOf(values: ReadonlySet<string>) {
  return [...values].map((value) => ({ value, from: 'ones' as const }));
}

/** Files of ours call an input by its value, `image.y`. */
function ownName(name: string): string {
  const id = name.endsWith('.y') ? name.slice(0, -2) : '';
  return isIdentifier(id) ? id : name;
}

function countUses({ graph }: DecodedModel): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const count = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const { input } of graph.node) input.forEach(count);
  for (const { name } of graph.output) count(name);
  return uses;
}
