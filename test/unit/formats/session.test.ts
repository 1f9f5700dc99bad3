import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readSession } from '../../../src/formats/session/read-session.ts';
import { type SessionContent, sessionFormat, sessionVersion } from '../../../src/formats/session/session-file.ts';
import { writeSession } from '../../../src/formats/session/write-session.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { fileOf } from '../../support/graphs.ts';

const { graph } = readGraph(
  fileOf({
    nodes: { x: ['input', {}, { shape: ['N', 2] }], fc: ['linear', { x: 'x.y' }, { out_features: 2 }] },
    training: { numerics: 'strict' },
  }),
);
if (!graph) throw new Error('no graph');

const session: SessionContent = {
  graph,
  settings: {
    format: sessionFormat,
    version: sessionVersion,
    position: { iteration: 12, step: 1 },
    rate: 0.05,
    edits: [{ step: 1, name: 'fc.y', changes: [[3, 0.5], [0, 'NaN']] }], // biome-ignore format: pairs
    engine: { fusedMultiplyAdd: true },
    expanded: ['rnn'],
    scope: [{ node: 'fc', kind: 'expansion' }],
    breakpoints: [{ id: 'b1', path: 'fc', phase: 'forward', enabled: false, condition: 'mean(y) > 1', hits: '>= 2' }],
    watches: [{ id: 'w1', expression: 'norm(weight)', path: 'fc' }],
  },
  numbers: new Map([
    ['fc.bias', tensor([2], [Number.NaN, -0])],
    ['fc.weight', tensor([2, 2], [1, 2, 3, 1e-42])],
  ]),
  feeds: new Map([['x.y', tensor([1, 2], [5, 6])]]),
};

const bytes = writeSession(session);
const reading = (damaged: Uint8Array) => readSession(damaged, 'a.chainrule');
const codes = (damaged: Uint8Array) => reading(damaged).diagnostics.map(({ code }) => code);

/** The archive with members replaced (text) or taken out (null). */
function withMembers(changes: Readonly<Record<string, string | null>>): Uint8Array {
  const kept = Object.entries(unzipSync(bytes)).filter(([name]) => changes[name] === undefined);
  const put = Object.entries(changes).flatMap(([name, text]) =>
    text === null ? [] : [[name, strToU8(text)] as const],
  );
  return zipSync(Object.fromEntries([...kept, ...put]));
}

describe('session files', () => {
  it('give back what was written, bit for bit', () => {
    expect(reading(bytes)).toEqual({ session, diagnostics: [] });
    const bits = new Uint32Array(reading(bytes).session?.numbers?.get('fc.bias')?.data.slice().buffer as ArrayBuffer);
    expect(bits[1]).toBe(0x8000_0000);
  });

  it('are the same bytes for the same session, and hold formats that others read', () => {
    expect(writeSession(session)).toEqual(bytes);
    const members = unzipSync(bytes);
    expect(Object.keys(members)).toEqual(['session.json', 'graph.json', 'weights.safetensors', 'data.safetensors']);
    expect(JSON.parse(strFromU8(members['graph.json'] as Uint8Array)).training).toEqual({ numerics: 'strict' });
  });

  it('may travel without numbers', () => {
    const light = { ...session, numbers: null, feeds: null };
    expect(reading(writeSession(light)).session).toEqual(light);
  });

  it('say what is missing or too new, and open what is left of settings with faults', () => {
    expect(codes(strToU8('{"format": "chainrule/graph"}'))).toEqual(['E_SESSION']);
    expect(codes(withMembers({ 'graph.json': null }))).toEqual(['E_SESSION']);
    expect(codes(withMembers({ 'session.json': '{}' }))).toEqual(['E_SESSION']);
    expect(codes(withMembers({ 'session.json': `{"format": "${sessionFormat}", "version": 2}` }))).toEqual([
      'E_VERSION',
    ]);
    const { session: opened, diagnostics } = reading(
      withMembers({
        'session.json': JSON.stringify({
          ...session.settings,
          breakpoints: [{ path: 'fc', phase: 'sideways' }, ...session.settings.breakpoints],
        }),
      }),
    );
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['error']);
    expect(diagnostics[0]?.at.json).toMatch(/^\/breakpoints\/0/);
    expect(opened?.settings.breakpoints).toEqual(session.settings.breakpoints);
  });

  it('open without weights that cannot be read, with a warning', () => {
    const { session: opened, diagnostics } = reading(withMembers({ 'weights.safetensors': 'no tensors' }));
    expect(opened?.graph).toEqual(graph);
    expect(opened?.numbers).toEqual(new Map());
    expect(diagnostics).toMatchObject([{ code: 'W_SESSION', message: expect.stringContaining('weights.safetensors') }]);
  });
});
