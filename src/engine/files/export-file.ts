// The open graph or its weights as the bytes of a file. Writers come with the first file that is asked for.
import type { Registry } from '../../compiler/compile.ts';
import { assertNever } from '../../tensor/assert.ts';
import { error, hasErrors } from '../../tensor/diagnostic.ts';
import { settledTensors } from '../numbers/settled-tensors.ts';
import type { Project } from '../project.ts';
import type { ExportedFile, ExportFormat } from '../protocol.ts';
import { linkContent, linkNote, type SessionSource, sessionContent } from './session-file.ts';

/** Never throws: what the format cannot say is in `diagnostics`, and `bytes` is null where nothing could be written. */
export async function exportFile(
  format: ExportFormat,
  project: Project | null,
  { operators }: Registry,
  session: Omit<SessionSource, 'project' | 'debug'>,
): Promise<ExportedFile> {
  const at = project?.debug;
  if (!project || !at)
    return {
      bytes: null,
      diagnostics: [
        error('E_NO_GRAPH', 'there is nothing to save yet', {}, { hint: 'Mend what Problems lists first.' }),
      ],
    };
  const isForPrograms = format !== 'chainrule' && format !== 'link';
  if (isForPrograms && hasErrors(project.compilation.diagnostics))
    return {
      bytes: null,
      diagnostics: [
        error('E_NO_GRAPH', 'part of the graph cannot run', {}, { hint: 'Mend what Problems lists first.' }),
      ],
    };
  const weights = () => settledTensors(at, ['parameter', 'state']);
  switch (format) {
    case 'safetensors':
    case 'npz': {
      const { writeWeights } = await import('../../formats/weights/write-weights.ts');
      return { bytes: writeWeights(weights(), `.${format}`) as Uint8Array<ArrayBuffer>, diagnostics: [] };
    }
    case 'onnx': {
      const { writeOnnx } = await import('../../formats/onnx/write-onnx.ts');
      const { bytes, diagnostics } = writeOnnx(project.graph, { tensors: weights(), operators });
      return { bytes: bytes as Uint8Array<ArrayBuffer> | null, diagnostics };
    }
    case 'chainrule':
    case 'link': {
      const { writeSession } = await import('../../formats/session/write-session.ts');
      const source = { ...session, project, debug: at };
      const isLink = format === 'link';
      const missing = isLink ? linkNote(source) : null;
      const bytes = writeSession(isLink ? linkContent(source) : sessionContent(source)) as Uint8Array<ArrayBuffer>;
      return { bytes, diagnostics: missing ? [missing] : [] };
    }
    default:
      return assertNever(format);
  }
}
