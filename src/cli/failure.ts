// How a command ends other than well: one readable line (or several) on stderr and an exit code.
import { type Diagnostic, formatDiagnostic } from '../tensor/diagnostic.ts';

/** 1: the graph or a check is wrong; 2: usage; 3: stopped by a breakpoint or a failed assertion. */
export type ExitCode = 0 | 1 | 2 | 3;

export class CommandFailure extends Error {
  readonly code: ExitCode;
  constructor(message: string, code: ExitCode = 1) {
    super(message);
    this.code = code;
  }
}

/** Prints warnings; throws when there are errors. */
export function settle(diagnostics: readonly Diagnostic[], write: (line: string) => void): void {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  for (const d of diagnostics) if (d.severity === 'warning') write(formatDiagnostic(d));
  if (errors.length > 0) throw new CommandFailure(errors.map(formatDiagnostic).join('\n'));
}
