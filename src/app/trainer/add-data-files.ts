import type { DataSourceFacts } from '../../engine/protocol.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { Workbench } from '../state/workbench.ts';

/** Hands files to the engine and lists the sources anew; null when the engine died meanwhile. */
export async function addDataFiles(
  { link }: Workbench,
  files: readonly File[],
): Promise<{ readonly source: DataSourceFacts | null; readonly diagnostics: readonly Diagnostic[] } | null> {
  const named = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const answer = await link.ask((api) => api.addData(named));
  if (answer !== null) await link.loadSources();
  return answer;
}
