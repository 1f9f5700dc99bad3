// From a name and options, or from files that someone dropped, to an open data set; every mistake becomes a diagnostic.
import { gunzip } from '../../formats/gzip/gunzip.ts';
import { isTar, readTar } from '../../formats/tar/read-tar.ts';
import { type Diagnostic, error, hasErrors, note } from '../../tensor/diagnostic.ts';
import type { BuiltInDataset, DataFile, DatasetOpening, FileDataset } from './dataset.ts';
import { baseName } from './file-splits.ts';
import { builtInDatasets, fileDatasets, findDataset } from './registry.ts';

/** Opens the built-in data set `id`. `options` as the graph file holds them; what is missing takes its default. */
export function openBuiltInDataset(id: string, options: unknown, seed: number): DatasetOpening {
  const declaration = findDataset(id);
  if (declaration === undefined) {
    const known = [...builtInDatasets, ...fileDatasets].map((d) => d.id).join(', ');
    return failure(error('E_DATA_SOURCE', `there is no data set “${id}”; known are ${known}`));
  }
  if (declaration.kind === 'files') {
    return failure(
      error(
        'E_DATA_FILES',
        `${declaration.title} needs its files: ${declaration.expects.join(', ')}`,
        {},
        { hint: 'Choose or drop them.' },
      ),
    );
  }
  const parsed = parseOptions(declaration, options);
  return 'failures' in parsed
    ? { dataset: null, diagnostics: parsed.failures }
    : { dataset: declaration.open(parsed.value, seed), diagnostics: [] };
}

/**
 * Opens what the files are, told by content and name; `.gz` and `.tar` are unpacked. With `id`, only that data set is tried.
 * Files that the data set does not use are noted.
 */
export function openFileDataset(
  files: readonly DataFile[],
  { id, options = {} }: { readonly id?: string; readonly options?: unknown } = {},
): DatasetOpening {
  const { unpacked, diagnostics } = unpackAll(files);
  const wanted = id === undefined ? undefined : findDataset(id);
  if (id !== undefined && wanted?.kind !== 'files') {
    const known = fileDatasets.map((d) => d.id).join(', ');
    return failure(error('E_DATA_SOURCE', `“${id}” is not a data set that is read from files; these are ${known}`));
  }
  const candidates = wanted?.kind === 'files' ? [wanted] : fileDatasets;
  let best: { readonly declaration: FileDataset<unknown>; readonly own: readonly DataFile[] } | null = null;
  let most = 0;
  for (const declaration of candidates) {
    const own = unpacked.filter(
      (file) => declaration.recognise(file) && (wanted !== undefined || (declaration.onlyIn?.test(file.name) ?? true)),
    );
    const size = own.reduce((sum, file) => sum + file.bytes.length, 0);
    if (size > most) {
      best = { declaration, own };
      most = size;
    }
  }
  if (best === null) {
    const names = files.map((file) => baseName(file.name)).join(', ');
    return {
      dataset: null,
      diagnostics: hasErrors(diagnostics)
        ? diagnostics
        : [
            ...diagnostics,
            error(
              'E_DATA_UNKNOWN',
              files.length === 0
                ? 'there are no files'
                : `${names}: not recognised; ${candidates.map((d) => `${d.title} needs ${d.expects.join(', ')}`).join('; ')}`,
            ),
          ],
    };
  }
  const { declaration, own } = best;
  const parsed = parseOptions(declaration, options);
  if ('failures' in parsed) return { dataset: null, diagnostics: [...diagnostics, ...parsed.failures] };
  for (const file of unpacked) {
    if (!own.includes(file))
      diagnostics.push(note('I_FILE_UNUSED', `${baseName(file.name)} is not part of ${declaration.title}`));
  }
  const opening = declaration.open(own, parsed.value);
  const all = [...diagnostics, ...opening.diagnostics];
  return { dataset: hasErrors(all) ? null : opening.dataset, diagnostics: all };
}

function failure(diagnostic: Diagnostic): DatasetOpening {
  return { dataset: null, diagnostics: [diagnostic] };
}

function parseOptions(
  declaration: BuiltInDataset<unknown> | FileDataset<unknown>,
  options: unknown,
): { readonly value: unknown } | { readonly failures: readonly Diagnostic[] } {
  const parsed = declaration.options.safeParse(options ?? {});
  if (parsed.success) return { value: parsed.data };
  return {
    failures: parsed.error.issues.map((issue) =>
      error('E_DATA_OPTION', `${declaration.id}: ${issue.message}`, {
        json: ['/training/data/options', ...issue.path.map(String)].join('/'),
      }),
    ),
  };
}

function unpackAll(files: readonly DataFile[]): { unpacked: DataFile[]; diagnostics: Diagnostic[] } {
  const unpacked: DataFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const { bytes, diagnostics: faults } = gunzip(file.bytes, baseName(file.name));
    diagnostics.push(...faults);
    if (bytes === null) continue;
    if (isTar(bytes)) {
      const archive = readTar(bytes, baseName(file.name));
      diagnostics.push(...archive.diagnostics);
      unpacked.push(...archive.files);
    } else unpacked.push({ name: file.name.replace(/\.gz$/i, ''), bytes });
  }
  return { unpacked, diagnostics };
}
