// `.chainrule` → a session. The graph and its settings are read like any graph file: the good part opens, faults are told.
// Whether the numbers fit the graph is left to whoever opens it.
import { cleanJson } from '../../graph/clean-json.ts';
import { parseJsonText } from '../../graph/parse-json-text.ts';
import { readGraph } from '../../graph/read-graph.ts';
import { repair } from '../../graph/repair.ts';
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { isZip, readZip } from '../zip/read-zip.ts';
import {
  type SessionContent,
  type SessionSettings,
  sessionFormat,
  sessionSchema,
  sessionVersion,
} from './session-file.ts';
import { sessionMembers } from './write-session.ts';

export interface SessionReading {
  /** null where there is no graph to open. */
  readonly session: SessionContent | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** `name` is for messages. Errors: E_ZIP, E_SESSION, and those of graph files. Never throws. */
export function readSession(bytes: Uint8Array, name: string): SessionReading {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  if (!isZip(bytes)) {
    const hint = { hint: 'Save it again with File: save session.' };
    report(error('E_SESSION', `${name} is not a session: it does not begin as a zip archive does`, {}, hint));
    return { session: null, diagnostics };
  }
  const { files, diagnostics: faults } = readZip(bytes, name);
  diagnostics.push(...faults);
  const member = (key: keyof typeof sessionMembers) => files.get(sessionMembers[key]);
  const [graphBytes, settingBytes] = [member('graph'), member('settings')];
  if (!graphBytes || !settingBytes) {
    const missing = graphBytes ? sessionMembers.settings : sessionMembers.graph;
    report(error('E_SESSION', `${name} is not a whole session: there is no ${missing} in it`));
    return { session: null, diagnostics };
  }
  const { graph, diagnostics: found } = readGraph(textOf(graphBytes));
  diagnostics.push(...found);
  if (!graph) return { session: null, diagnostics };
  const settings = readSettings(textOf(settingBytes), name, report);
  if (!settings) return { session: null, diagnostics };
  const tensors = (key: 'numbers' | 'feeds'): ReadonlyMap<string, Tensor> | null => {
    const file = member(key);
    if (!file) return null;
    const reading = readSafetensors(file);
    for (const { message } of reading.diagnostics)
      report(warning('W_SESSION', `${sessionMembers[key]} in ${name}: ${message}`));
    return reading.tensors;
  };
  return { session: { graph, settings, numbers: tensors('numbers'), feeds: tensors('feeds') }, diagnostics };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function readSettings(text: string, name: string, report: (diagnostic: Diagnostic) => void): SessionSettings | null {
  const parsed = parseJsonText(text, report);
  const raw = parsed === undefined ? undefined : cleanJson(parsed, report);
  if (typeof raw !== 'object' || raw === null || !('format' in raw) || raw.format !== sessionFormat) {
    report(error('E_SESSION', `${sessionMembers.settings} in ${name} does not say \`"format": "${sessionFormat}"\``));
    return null;
  }
  const version = 'version' in raw ? raw.version : undefined;
  if (version !== sessionVersion) {
    const newer = typeof version === 'number' && version > sessionVersion;
    const hint = newer ? { hint: 'Open it with a newer Chainrule.' } : {};
    const message = `${name} is a session of version ${JSON.stringify(version)}, this reads version ${sessionVersion}`;
    report(error('E_VERSION', message, {}, hint));
    return null;
  }
  return repair(sessionSchema, raw, 'the session', '', report) ?? null;
}
