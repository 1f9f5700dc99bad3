// Reads damaged files one by one, each with a clock and a count of memory, and says which seeds went wrong and how.
import { createContext, Script } from 'node:vm';
import { formatDiagnostic, hasErrors } from '../../../src/tensor/diagnostic.ts';
import { processorMs } from '../processor-time.ts';
import type { MemoryCount } from './count-memory.ts';
import type { HostileFormat, HostileReading } from './formats.ts';
import { damaged } from './mutate.ts';

/** Of the processor. */
const mostMs = 2000;
const allowedBytes = 4 * 2 ** 20;
const allowedHeapBytes = 300 * 2 ** 20;

/** One line a failing seed. */
export function runHostile(format: HostileFormat, seeds: Iterable<number>, memory: MemoryCount): string[] {
  const files = format.files();
  const failures: string[] = [];
  let [accepted, refused] = [0, 0];
  const context = createContext({ read: () => null });
  const script = new Script('read()');
  for (const file of files) {
    const { fault, diagnostics } = format.read(file);
    if (fault !== null || (format.valid !== false && hasErrors(diagnostics)))
      failures.push(`${format.name}, undamaged: ${fault ?? diagnostics.map(formatDiagnostic).join('; ')}`);
  }
  for (const seed of seeds) {
    const bytes = damaged(files, seed, format.name, format.mutate);
    context['read'] = () => format.read(bytes);
    const report = (what: string) => void failures.push(`${format.name} ${seed} (${bytes.length} bytes): ${what}`);
    const heap = process.memoryUsage().heapUsed;
    memory.take();
    const begin = processorMs();
    try {
      // Ended from outside after ten times that on the clock: a reader that never comes back must not keep the others waiting.
      const { fault, diagnostics } = script.runInContext(context, { timeout: 10 * mostMs }) as HostileReading;
      if (fault !== null) report(fault);
      if (hasErrors(diagnostics)) refused++;
      else accepted++;
    } catch (reason) {
      report(
        reason instanceof Error ? (reason.stack ?? reason.message).split('\n').slice(0, 4).join(' | ') : String(reason),
      );
    }
    const ms = processorMs() - begin;
    const taken = memory.take();
    if (ms > mostMs) report(`took ${ms.toFixed(0)} ms`);
    if (taken > (format.baseBytes ?? allowedBytes) + format.ratio * bytes.length)
      report(`asked for ${taken} bytes of memory`);
    if (process.memoryUsage().heapUsed - heap > allowedHeapBytes) report('left hundreds of megabytes on the heap');
  }
  // Damage that is never seen, or in thousands of files always, would prove little.
  if (refused === 0 || (accepted === 0 && refused > 1000))
    failures.push(`${format.name}: ${refused} refused, ${accepted} accepted`);
  return failures;
}
