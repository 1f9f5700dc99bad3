// Recurrent layers over whole sequences in float64, in plain loops, and what they tell of one element.
import type { Explanation } from '../../program/explanation.ts';
import { assert } from '../../tensor/assert.ts';
import type { ReferenceTensor } from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import type { UnitStory } from './explain-units.ts';
import { stepName } from './sequence-fragment.ts';
import { directionsOf, parametersOf, type SequenceAttributes, type Track, tracksOf } from './sequence-ports.ts';

/** Both halves of a unit's sums, one number a gate, and its old states; its new states. */
export type UnitFunction<A> = (
  fromX: readonly number[],
  fromH: readonly number[],
  old: { readonly h: number; readonly c: number },
  attributes: A,
) => { readonly h: number; readonly c: number };

export type Tensors = Readonly<Record<string, ReferenceTensor | undefined>> & { readonly x: ReferenceTensor };

function product(weight: ReferenceTensor, row: number, of: ArrayLike<number>, start: number, bias: number): number {
  const size = weight.shape[1] as number;
  let sum = bias;
  for (let k = 0; k < size; k++) sum += (of[start + k] as number) * (weight.data[row * size + k] as number);
  return sum;
}

/** What the unit tells of itself, from the same numbers. */
export type TellUnit<A> = (...given: Parameters<UnitFunction<A>>) => UnitStory;

/** One unit of one step, to be told of. */
interface WatchedUnit {
  readonly slot: number;
  readonly step: number;
  /** Place among the states of the step: example by example. */
  readonly place: number;
}

/** All layers and directions in float64, x [T, N, F]: y [T, N, D·H], h_n and c_n [L·D, N, H]. `watch` sees one unit at one step. */
export function sequenceReference<A extends SequenceAttributes>(
  inputs: Tensors,
  attributes: A,
  gates: number,
  unit: UnitFunction<A>,
  watch?: { readonly at: WatchedUnit; readonly seen: (...given: Parameters<UnitFunction<A>>) => void },
): { readonly y: Float64Array; readonly h_n: Float64Array; readonly c_n: Float64Array } {
  const [time, batch, features] = inputs.x.shape as [number, number, number];
  const hidden = attributes.hidden_size;
  const width = directionsOf(attributes) * hidden;
  const tracks = tracksOf(attributes, time);
  const last = {
    h: new Float64Array(tracks.length * batch * hidden),
    c: new Float64Array(tracks.length * batch * hidden),
  };
  let below: Float64Array = inputs.x.data;
  let seen = features;
  for (let layer = 0; layer < attributes.num_layers; layer++) {
    const y = new Float64Array(time * batch * width);
    for (const track of tracks.filter((each) => each.layer === layer)) runTrack(track, y);
    below = y;
    seen = width;
  }
  return { y: below, h_n: last.h, c_n: last.c };

  function runTrack(track: Track, y: Float64Array): void {
    const p = parametersOf(inputs, track);
    const from = track.slot * batch * hidden;
    const start = (name: 'h0' | 'c0') =>
      inputs[name]?.data.slice(from, from + batch * hidden) ?? new Float64Array(batch * hidden);
    let [h, c] = [start('h0'), start('c0')];
    for (const t of track.order) {
      const [nextH, nextC] = [new Float64Array(h.length), new Float64Array(c.length)];
      for (let i = 0; i < h.length; i++) {
        const [n, k] = [Math.floor(i / hidden), i % hidden];
        const rows = Array.from({ length: gates }, (_, gate) => gate * hidden + k);
        const fromX = rows.map((row) =>
          product(p.weight_ih, row, below, (t * batch + n) * seen, p.bias_ih?.data[row] ?? 0),
        );
        const fromH = rows.map((row) => product(p.weight_hh, row, h, n * hidden, p.bias_hh?.data[row] ?? 0));
        const old = { h: h[i] as number, c: c[i] as number };
        const next = unit(fromX, fromH, old, attributes);
        if (watch?.at.slot === track.slot && watch.at.step === t && watch.at.place === i)
          watch.seen(fromX, fromH, old, attributes);
        nextH[i] = next.h;
        nextC[i] = next.c;
        y[(t * batch + n) * width + track.direction * hidden + k] = next.h;
      }
      [h, c] = [nextH, nextC];
    }
    last.h.set(h, from);
    last.c.set(c, from);
  }
}

export interface ToldCell<A> {
  /** Sums that a step makes for each unit. */
  readonly gates: number;
  readonly unit: UnitFunction<A>;
  readonly tell: TellUnit<A>;
}

/** What one unit tells of itself at one step, with the outputs of the whole. */
export function tellUnit<A extends SequenceAttributes>(
  inputs: Tensors,
  attributes: A,
  { gates, unit, tell }: ToldCell<A>,
  at: WatchedUnit,
): { readonly story: UnitStory; readonly outputs: Readonly<Record<string, Float64Array>> } {
  const told: UnitStory[] = [];
  const outputs = sequenceReference(inputs, attributes, gates, unit, {
    at,
    seen: (...given) => void told.push(tell(...given)),
  });
  const [story] = told;
  assert(story, `unit ${at.place} of step ${at.step} in track ${at.slot}`);
  return { story, outputs: { ...outputs } };
}

/** Which step and unit an element is, the gates of that unit then, and the inputs that its step sees. */
export function explainSequence<A extends SequenceAttributes>(
  inputs: Tensors,
  attributes: A,
  cell: ToldCell<A>,
  port: string,
  index: number,
): Explanation {
  const [time, batch, features] = inputs.x.shape as [number, number, number];
  const hidden = attributes.hidden_size;
  const unit = index % hidden;
  const width = port === 'y' ? directionsOf(attributes) * hidden : hidden;
  const [outer, n] = [Math.floor(index / (width * batch)), Math.floor(index / width) % batch];
  const directions = directionsOf(attributes);
  const slot = port === 'y' ? (attributes.num_layers - 1) * directions + Math.floor((index % width) / hidden) : outer;
  const track = tracksOf(attributes, time)[slot] as Track;
  const t = port === 'y' ? outer : (track.order.at(-1) as number);
  const place = n * hidden + unit;
  const { story, outputs } = tellUnit(inputs, attributes, cell, { slot, step: t, place });
  const result = outputs[port]?.[index] as number;
  const state = port === 'c_n' ? 'c' : 'h';
  const factors = Array.from({ length: features }, (_, k) => factorOf('x', inputs.x, (t * batch + n) * features + k));
  const where = `layer ${track.layer}, ${track.direction === 1 ? 'backwards' : 'forwards'}`;
  return {
    by: 'function',
    terms: [{ value: result, factors, label: `input of step ${t}` }],
    result,
    text: `unit ${unit} after step ${t} (${where}), example ${n}: ${story[state] ?? ''} = ${say(result)}`,
    parts: story.parts,
    inside: { value: stepName(slot, t, state), index: place, at: [n, unit] },
  };
}
