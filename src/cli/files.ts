// Files that commands read and write: models, tensors, data. Every failure says which file and what is wrong with it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type DataFile,
  type GraphFile,
  type OpenedModel,
  type OpenOptions,
  openModel,
  readWeights,
  type Tensor,
  writeWeights,
} from '../index.ts';
import { CommandFailure, settle } from './failure.ts';

/** The bytes of a file; a failure names it. */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code;
    throw new CommandFailure(code === 'ENOENT' ? `${path}: no such file` : `${path}: ${(fault as Error).message}`);
  }
}

type Tensors = ReadonlyMap<string, Tensor>;

/** A graph file, an ONNX model, or a plan written by `plan --json`, with what is wrong with it. */
export function openFile(path: string, more: Pick<OpenOptions, 'feeds' | 'dims'> = {}): OpenedModel {
  return openModel(readBytes(path), { name: basename(path).replace(/\.[^.]*$/, ''), ...more });
}

/** One with errors is refused: a command line cannot ask back. */
export function readSource(
  path: string,
  warn: (line: string) => void,
  more: Pick<OpenOptions, 'feeds' | 'dims'> = {},
): OpenedModel {
  const opened = openFile(path, more);
  settle(opened.diagnostics, warn, path);
  return opened;
}

/** A graph with the weights that came along. */
export function readGraphFile(
  path: string,
  warn: (line: string) => void,
): { readonly graph: GraphFile; readonly weights: Tensors } {
  const { graph, plan, weights } = readSource(path, warn);
  if (graph) return { graph, weights };
  throw new CommandFailure(plan ? `${path} is a plan; this command needs the graph` : `${path}: cannot be read`);
}

/** .safetensors, .npz or .npy, told apart by content. */
export function readTensors(path: string, warn: (line: string) => void): Tensors {
  const { tensors, diagnostics } = readWeights(readBytes(path), basename(path));
  settle(diagnostics, warn, path);
  return tensors;
}

/** In the format that the name asks for: .npz, .npy, else safetensors. */
export function writeTensors(path: string, tensors: Tensors): void {
  try {
    writeFileSync(path, writeWeights(tensors, path));
  } catch (fault) {
    throw new CommandFailure(`${path}: ${(fault as Error).message}`);
  }
}

/** The files of a folder, or one file. */
export function readDataFiles(path: string): DataFile[] {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch {
    throw new CommandFailure(`${path}: no such file or folder`);
  }
  if (!folder) return [{ name: path, bytes: readBytes(path) }];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: join(path, entry.name), bytes: readBytes(join(path, entry.name)) }));
}
