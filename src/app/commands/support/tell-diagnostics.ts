import type { Diagnostic } from '../../../tensor/diagnostic.ts';

/** What is wrong with a file, a line each, as people read it: codes and severities are for programs. */
export function tellDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ at, message, hint }) => {
      const place =
        at.path === undefined ? (at.json ?? '') : [at.path, at.port ?? at.attribute].filter(Boolean).join('.');
      // Keys of a file may be as long as its author likes.
      const short = place.length > 200 ? `${place.slice(0, 200)}…` : place;
      return `${short === '' ? '' : `${short}: `}${message}${hint ? `. ${hint}` : ''}`;
    })
    .join('\n');
}
