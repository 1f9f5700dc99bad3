import type { Draft } from '../edit.ts';
import type { Training, TrainingData } from '../schema.ts';

type Patch<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Changes some members of the training set-up; a member given as undefined goes (loss, data, clip, penalty). */
export function setTraining(draft: Draft, patch: Patch<Training>): void {
  const members = Object.entries({ ...draft.training(), ...patch }).filter(([, value]) => value !== undefined);
  draft.putTraining(Object.fromEntries(members) as unknown as Training);
}

/** Changes some members of the data set-up; with none yet, `source` must be among them. */
export function setData(draft: Draft, patch: Patch<TrainingData>): void {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const start = draft.training().data ?? {
    source: '',
    options: {},
    bind: {},
    validation: 0.1,
    shuffle: true,
    preprocess: [],
    augment: [],
  };
  const data: TrainingData = { ...start, ...given };
  if (data.source !== '') setTraining(draft, { data });
}
