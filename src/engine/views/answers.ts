// Answers to the page's questions about values: summaries with thumbnails, large pictures, saliency. Reads the debugger's
// memory, changes nothing.

import type { Attribution } from '../../insight/attribution.ts';
import type { PlanValue } from '../../program/plan.ts';
import type { Debug } from '../project.ts';
import type {
  Picture,
  PictureRequest,
  Saliency,
  SaliencyRequest,
  Summary,
  SummaryRequest,
  Theme,
} from '../protocol/views.ts';
import { chooseColoring, paintThumbnail, thumbnailLayout } from './paint.ts';
import { paintPicture } from './picture.ts';
import { layoutOf, planesOf } from './planes.ts';
import { histogramOf, statisticsOf } from './statistics.ts';

/** Values with no more elements are sent as they are. */
const elementLimit = 16;

function layout({ bound }: Debug, value: PlanValue) {
  const base = /^grad\((.*)\)$/.exec(value.name)?.[1];
  const index = base === undefined ? undefined : bound.find(base);
  const of = index === undefined ? value : (bound.plan.values[index] ?? value);
  return layoutOf(value, bound.plan.batch, of.region === 'persistent');
}

/** Fed values show as the pictures they are. */
const isPicture = (value: PlanValue) => value.kind === 'feed' && value.dtype === 'float32';

/** Numbers and thumbnail of a value as it stands; `state` says why where there are none. */
export function summaryOf(debug: Debug, request: SummaryRequest, theme: Theme): Summary {
  const { bound, stepper } = debug;
  const index = bound.find(request.name);
  const value = index === undefined ? undefined : bound.plan.values[index];
  if (index === undefined || !value) {
    return {
      name: request.name,
      shape: [],
      dtype: 'float32',
      state: 'unknown',
      min: Number.NaN,
      mean: Number.NaN,
      max: Number.NaN,
      std: Number.NaN,
      zeros: 0,
      nonFinite: 0,
    };
  }
  const head = { name: request.name, shape: value.shape, dtype: value.dtype };
  if (!stepper.isComputed(index)) {
    return {
      ...head,
      state: 'pending',
      min: Number.NaN,
      mean: Number.NaN,
      max: Number.NaN,
      std: Number.NaN,
      zeros: 0,
      nonFinite: 0,
    };
  }
  const view = bound.view(index);
  const statistics = statisticsOf(view);
  const elements = view.length <= elementLimit ? { elements: [...view] } : {};
  const bins = request.histogramBins;
  const histogram =
    bins === undefined || Number.isNaN(statistics.min)
      ? {}
      : {
          histogram: {
            low: statistics.min,
            high: statistics.max,
            counts: histogramOf(view, statistics.min, statistics.max, bins),
          },
        };
  if (!request.thumbnail || view.length === 0)
    return { ...head, state: 'computed', ...statistics, ...elements, ...histogram };
  const coloring = chooseColoring(view, statistics, 'auto', isPicture(value), theme);
  const seen = layout(debug, value);
  const planes = planesOf(seen, request.example);
  const places = thumbnailLayout(planes, seen.batchAxis, request.thumbnail);
  const thumbnail = paintThumbnail(view, planes, places, coloring, request.thumbnail);
  const painted = { thumbnail, layout: places, range: coloring.range };
  return { ...head, state: 'computed', ...statistics, ...elements, ...histogram, ...painted };
}

/** Null for what the plan does not know, has not computed, or has no elements of. */
export function pictureOf(debug: Debug, request: PictureRequest, revision: number): Picture | null {
  const index = debug.bound.find(request.name);
  const value = index === undefined ? undefined : debug.bound.plan.values[index];
  if (index === undefined || !value || !debug.stepper.isComputed(index)) return null;
  const view = debug.bound.view(index);
  if (view.length === 0) return null;
  const coloring = chooseColoring(view, statisticsOf(view), request.scale, isPicture(value), request.theme);
  return paintPicture(view, planesOf(layout(debug, value), request.example), coloring, request.channel, {
    revision,
    name: request.name,
  });
}

/** Signed values on a diverging scale, others by their size; the planes of one example on one sheet. */
export function attributionPicture(
  { shape, values, classIndex, score, scores, layer }: Attribution,
  question: SaliencyRequest & { readonly signed: boolean; readonly revision: number; readonly examples: number },
): Saliency {
  const { input, theme, signed, revision, examples } = question;
  const planes = { ...planesOf({ shape, batchAxis: null, filters: false }, 0), color: false, vector: false, examples };
  const coloring = chooseColoring(values, statisticsOf(values), signed ? 'signed' : 'magnitude', false, theme);
  const name = `${question.method ?? 'saliency'}(${input})`;
  return {
    ...paintPicture(values, planes, coloring, 'all', { revision, name }),
    classIndex,
    score,
    ...classFacts(scores),
    layer,
  };
}

/** So many classes are named first. */
const likeliestShown = 5;

function classFacts(scores: Float32Array): Pick<Saliency, 'classes' | 'likeliest'> {
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const likeliest = order.slice(0, likeliestShown).map((index) => ({ index, score: scores[index] as number }));
  return { classes: scores.length, likeliest };
}
