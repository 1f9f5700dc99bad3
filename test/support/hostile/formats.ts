// Every format that is read: small valid files of it, and what must hold of a reading of any bytes whatsoever. A reading that
// claims to have succeeded must be consistent; what is wrong must be said by diagnostics.
import { gzipSync, unzipSync, zipSync } from 'fflate';
import { compile } from '../../../src/compiler/compile.ts';
import { cifar10Kind, cifar100Kind, readCifar } from '../../../src/formats/cifar/read-cifar.ts';
import { readCsv } from '../../../src/formats/csv/read-csv.ts';
import { gunzip } from '../../../src/formats/gzip/gunzip.ts';
import { readIdx } from '../../../src/formats/idx/read-idx.ts';
import { readNpy } from '../../../src/formats/numpy/read-npy.ts';
import { readNpz } from '../../../src/formats/numpy/read-npz.ts';
import { writeNpy } from '../../../src/formats/numpy/write-npy.ts';
import { writeNpz } from '../../../src/formats/numpy/write-npz.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { writeSafetensors } from '../../../src/formats/safetensors/write-safetensors.ts';
import { readSession } from '../../../src/formats/session/read-session.ts';
import { readTar } from '../../../src/formats/tar/read-tar.ts';
import { readWeights } from '../../../src/formats/weights/read-weights.ts';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { type GraphFile, graphSchema } from '../../../src/graph/schema.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../../../src/tensor/diagnostic.ts';
import type { Random } from '../../../src/tensor/random.ts';
import { numel } from '../../../src/tensor/shape.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import type { Mutation } from './mutate.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { bytesOf, csv, graphFiles, idx, mixed, onnxFiles, records, sessionFiles, tar, tensors } from './valid-files.ts';

export interface HostileReading {
  /** What the reader and whoever takes its answer on had to say. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is inconsistent, or null. */
  readonly fault: string | null;
}

export interface HostileFormat {
  readonly name: string;
  /** Small files. */
  files(): readonly Uint8Array[];
  /** False: the files are no measure of what must open. */
  readonly valid?: boolean;
  read(bytes: Uint8Array): HostileReading;
  readonly mutate?: Mutation;
  /** Most bytes of memory for one of the file, beyond what is always allowed: deflate yields 1032, and that is decoded. */
  readonly ratio: number;
  /** What is allowed whatever the file says: 4 MB, but constants of graphs are written as one number that fills a shape. */
  readonly baseBytes?: number;
}

/** Holds what a reader answered against itself; `fault` is what the caller has found already. */
function judge(
  diagnostics: readonly Diagnostic[],
  empty: boolean,
  tensors: Iterable<readonly [string, Tensor]> = [],
  fault: string | null = null,
): HostileReading {
  return { diagnostics, fault: fault ?? faultOf(diagnostics, empty, tensors) };
}

function faultOf(
  diagnostics: readonly Diagnostic[],
  empty: boolean,
  tensors: Iterable<readonly [string, Tensor]>,
): string | null {
  for (const diagnostic of diagnostics) {
    const { code, message } = diagnostic;
    if (!/^[EWI]_[A-Z0-9_]+$/.test(code) || message.trim() === '') return `a diagnostic ${JSON.stringify(diagnostic)}`;
    if (formatDiagnostic(diagnostic).length > 4000) return `${code} goes on for ${message.length} characters`;
  }
  if (empty && !hasErrors(diagnostics)) return 'nothing was read and nothing is wrong';
  for (const [name, { shape, data, dtype }] of tensors) {
    if (numel(shape) !== data.length) return `${name} has ${data.length} numbers for [${shape}]`;
    if (data instanceof Int32Array !== (dtype === 'int32')) return `${name} is no ${dtype}`;
  }
  return null;
}

/** A graph that opened must fit the schema, and the compiler must answer for it: as the page and as `run` compile it. */
function judgeGraph(graph: GraphFile | null, read: readonly Diagnostic[]): HostileReading {
  const opened = judge(read, graph === null);
  if (opened.fault !== null || !graph) return opened;
  if (!graphSchema.safeParse(graph).success) return { ...opened, fault: 'the graph does not fit the schema' };
  const diagnostics = [...read];
  for (const [mode, retain, gradients] of [
    ['train', 'all', 'all'],
    ['eval', [], 'none'],
  ] as const) {
    const options = { mode, retain, gradients, workspaceBytes: () => 0 };
    const compiled = compile(graph, { operators, optimizers }, options);
    const { fault } = judge(compiled.diagnostics, compiled.plan === null && graph.nodes.length > 0);
    if (fault !== null) return { diagnostics, fault };
    diagnostics.push(...compiled.diagnostics);
  }
  return { diagnostics, fault: null };
}

/** Another header of safetensors, with its length put right. */
function mutateHeader(bytes: Uint8Array, random: Random): Uint8Array {
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = bytesOf(mutateJson(new TextDecoder().decode(bytes.subarray(8, end)), random));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return new Uint8Array(Buffer.concat([length, header, bytes.subarray(end)]));
}

/** A member of a session damaged where it still has the syntax of its own format, the archive itself sound. */
export function mutateSession(bytes: Uint8Array, random: Random): Uint8Array {
  const files = unzipSync(bytes);
  const names = Object.keys(files).sort();
  const name = names[random.integer(names.length)] as string;
  const member = files[name] as Uint8Array;
  const json = () => bytesOf(mutateJson(new TextDecoder().decode(member), random));
  return zipSync({ ...files, [name]: name.endsWith('.json') ? json() : mutateHeader(member, random) });
}

export const hostileFormats: readonly HostileFormat[] = [
  {
    name: 'onnx',
    files: onnxFiles,
    ratio: 64,
    baseBytes: 2 ** 28,
    mutate: mutateProtobuf,
    read(bytes) {
      const { graph, weights, diagnostics } = readOnnx(bytes);
      const { fault } = judge(diagnostics, false, weights);
      return fault === null ? judgeGraph(graph, diagnostics) : { diagnostics, fault };
    },
  },
  {
    name: 'graph',
    files: graphFiles,
    ratio: 64,
    baseBytes: 2 ** 28,
    mutate: (bytes, random) => bytesOf(mutateJson(new TextDecoder().decode(bytes), random)),
    read(bytes) {
      const { graph, diagnostics } = readGraph(new TextDecoder().decode(bytes));
      return judgeGraph(graph, diagnostics);
    },
  },
  {
    name: 'safetensors',
    files: () => [writeSafetensors(tensors, new Map([['made', 'here']])), writeSafetensors(new Map())],
    ratio: 16,
    mutate: mutateHeader,
    read(bytes) {
      const { tensors: read, diagnostics } = readSafetensors(bytes);
      return judge(diagnostics, false, read);
    },
  },
  {
    name: 'npy',
    files: () => [...tensors.values()].map(writeNpy),
    ratio: 16,
    read(bytes) {
      const { tensor: read, diagnostics } = readNpy(bytes, 'a.npy');
      return judge(diagnostics, read === null, read ? [['a', read]] : []);
    },
  },
  {
    name: 'npz',
    files: () => [
      writeNpz(tensors),
      zipSync(Object.fromEntries([...tensors].map(([name, each]) => [`${name}.npy`, [writeNpy(each), { level: 0 }]]))),
    ],
    ratio: 4 * 1032,
    read(bytes) {
      const { tensors: read, diagnostics } = readNpz(bytes, 'a.npz');
      return judge(diagnostics, false, read);
    },
  },
  {
    name: 'weights',
    files: () => [writeSafetensors(tensors), writeNpz(tensors), ...[...tensors.values()].map(writeNpy)],
    ratio: 4 * 1032,
    read(bytes) {
      const { tensors: read, diagnostics } = readWeights(bytes, 'w');
      return judge(diagnostics, false, read);
    },
  },
  {
    name: 'session',
    files: sessionFiles,
    ratio: 4 * 1032,
    baseBytes: 2 ** 28,
    mutate: mutateSession,
    read(bytes) {
      const { session, diagnostics } = readSession(bytes, 'a.chainrule');
      const { fault } = judge(diagnostics, session === null, [...(session?.numbers ?? []), ...(session?.feeds ?? [])]);
      return fault === null ? judgeGraph(session?.graph ?? null, diagnostics) : { diagnostics, fault };
    },
  },
  {
    name: 'idx',
    files: () => [idx(8, [4, 5, 5], 1), idx(0x0d, [3, 2], 4), idx(0x0e, [6], 8), idx(0x0b, [2, 2, 2], 2)],
    ratio: 16,
    read(bytes) {
      const { array, diagnostics } = readIdx(bytes, 'a');
      const differ = array && array.data.length !== numel(array.shape) ? 'elements and shape differ' : null;
      return judge(diagnostics, array === null, [], differ);
    },
  },
  {
    name: 'cifar',
    files: () => [records(1), records(2)],
    ratio: 16,
    read(bytes) {
      const kind = bytes.length % 3073 === 0 ? cifar10Kind : cifar100Kind;
      const { batch, diagnostics } = readCifar(bytes, 'a', kind);
      const labels = Array.from({ length: batch?.count ?? 0 }, (_, i) => batch?.label(i) ?? -1);
      const wrong = labels.find((label) => !(label >= 0 && label < kind.classes));
      return judge(diagnostics, batch === null, [], wrong === undefined ? null : `label ${wrong}`);
    },
  },
  {
    name: 'tar',
    files: () => [tar(mixed), tar({})],
    ratio: 16,
    read(bytes) {
      const { files, diagnostics } = readTar(bytes, 'a.tar');
      const total = files.reduce((sum, file) => sum + file.bytes.length, 0);
      return judge(diagnostics, false, [], total > bytes.length ? 'more came out than is there' : null);
    },
  },
  {
    name: 'csv',
    files: () => [bytesOf(csv), bytesOf(csv.replaceAll(',', ';')), bytesOf(`\ufeff${csv.replaceAll(',', '\t')}`)],
    ratio: 64,
    read(bytes) {
      const { diagnostics } = readCsv(new TextDecoder().decode(bytes), 'a.csv');
      return judge(diagnostics, false);
    },
  },
  {
    name: 'gzip',
    files: () => [
      gzipSync(bytesOf(csv)),
      gzipSync(new Uint8Array(20_000)),
      new Uint8Array(Buffer.concat([gzipSync(bytesOf('one')), gzipSync(bytesOf('two'))])),
    ],
    ratio: 4 * 1032,
    read(bytes) {
      const { bytes: read, diagnostics } = gunzip(bytes, 'a.gz');
      return judge(diagnostics, read === null);
    },
  },
  {
    name: 'zip',
    files: () => [zipSync(mixed), zipSync(mixed, { level: 0 }), zipSync({ zeros: new Uint8Array(20_000) })],
    ratio: 4 * 1032,
    read(bytes) {
      const { diagnostics } = readZip(bytes, 'a.zip');
      return judge(diagnostics, false);
    },
  },
];
