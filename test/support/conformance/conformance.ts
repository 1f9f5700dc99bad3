// Runs every case of every folder and reports: lines for a terminal, a page for docs. The figures depend on the reference
// material and the code alone.
import { runCase, type Suite } from './case.ts';

export interface FolderResult {
  readonly folder: string;
  readonly found: number;
  readonly passed: number;
  /** How many must pass. */
  readonly bar: number;
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/** `progress` hears of every case that is about to run. */
export async function runSuite(
  suite: Suite,
  progress: (folder: string, done: number, found: number) => void,
): Promise<FolderResult> {
  const cases = suite.cases();
  const failures: { name: string; reason: string }[] = [];
  for (const [done, each] of cases.entries()) {
    progress(suite.folder, done, cases.length);
    const reason = await runCase(each);
    if (reason !== null) failures.push({ name: each.name, reason: firstLine(reason) });
  }
  const found = cases.length;
  return { folder: suite.folder, found, passed: found - failures.length, bar: suite.bar(found), failures };
}

const firstLine = (text: string) => (text.split('\n', 1)[0] as string).slice(0, 300);

/** `folder PASSED/FOUND`, then a line for each failure. */
export function reportLines({ folder, passed, found, failures }: FolderResult): string[] {
  return [`${folder} ${passed}/${found}`, ...failures.map(({ name, reason }) => `  ${name}: ${reason}`)];
}

export const meetsBar = ({ passed, bar }: FolderResult): boolean => passed >= bar;

/** docs/conformance.md. */
export function reportPage(results: readonly FolderResult[]): string {
  const rows = results.map(({ folder, passed, found, bar }) => `| ${folder} | ${passed} | ${found} | ${bar} |`);
  const failed = results.filter(({ failures }) => failures.length > 0);
  const sections = failed.flatMap(({ folder, failures }) => [
    '',
    `### ${folder}`,
    '',
    ...failures.map(({ name, reason }) => `* \`${name}\`: ${reason.replaceAll('|', '\\|').replaceAll('<', '&lt;')}`),
  ]);
  return [
    '# Conformance',
    '',
    'Written by `npm run conformance`, which runs everything that it finds of the reference material: golden values of',
    'PyTorch (`golden`), the backend node tests of ONNX, trained models in the file formats that people have. Every case of',
    'a manifest counts, supported or not. Values and gradients of operators are computed by the plain kernels and by the',
    'generated WebAssembly in both numerics; optimisers, networks and models run on compiled plans.',
    '',
    '| folder | passed | found | must pass |',
    '|---|---|---|---|',
    ...rows,
    ...(failed.length > 0 ? ['', '## What does not pass', ...sections] : ['', 'Everything found passes.']),
    '',
  ].join('\n');
}
