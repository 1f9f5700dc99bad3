// A session → `.chainrule`: a zip archive of session.json, graph.json and, where numbers travel too, weights.safetensors and
// data.safetensors, so that any tool that knows these formats can look inside. The same session gives the same bytes.
import { writeGraph } from '../../graph/write-graph.ts';
import { writeSafetensors } from '../safetensors/write-safetensors.ts';
import { writeZip } from '../zip/write-zip.ts';
import type { SessionContent } from './session-file.ts';

/** The names of an archive's members. */
export const sessionMembers = {
  settings: 'session.json',
  graph: 'graph.json',
  numbers: 'weights.safetensors',
  feeds: 'data.safetensors',
} as const;

/** A zip: settings, graph, and, where there are any, numbers and feeds as safetensors. */
export function writeSession({ graph, settings, numbers, feeds }: SessionContent): Uint8Array {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const files = new Map([
    [sessionMembers.settings, utf8(`${JSON.stringify(settings, null, 2)}\n`)],
    [sessionMembers.graph, utf8(writeGraph(graph))],
  ] as [string, Uint8Array][]);
  if (numbers !== null) files.set(sessionMembers.numbers, writeSafetensors(numbers));
  if (feeds !== null) files.set(sessionMembers.feeds, writeSafetensors(feeds));
  return writeZip(files);
}
