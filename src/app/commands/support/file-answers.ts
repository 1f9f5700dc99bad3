// What the engine asks of a model's inputs, as fields for a person, and their answers as the engine takes them.
import type { FileQuestion, FileRequest } from '../../../engine/protocol.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { type Tensor, tensor } from '../../../tensor/tensor.ts';
import type { Answers, QuestionField } from '../../state/view-store.ts';
import { laterTexts } from '../../ui/later-texts.ts';

const t = laterTexts.sizes;
const largestSize = 65_536;
const mostNumbers = 65_536;

export function questionField(question: FileQuestion): QuestionField {
  const { input } = question;
  if (question.kind === 'shape') {
    const size = { anyOf: [{ type: 'integer', minimum: 0, maximum: largestSize }, { const: 'N' }] };
    const schema = { type: 'array', items: size, maxItems: 8 };
    return { id: idOf(question), label: t.shape(input), hint: t.shapeHint, schema, suggestion: ['N'], optional: true };
  }
  const { shape, dtype, proposal } = question;
  const count = shape.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1);
  const open = shape.some((size) => typeof size !== 'number');
  const bounds = open ? { minItems: 1, maxItems: mostNumbers } : { minItems: count, maxItems: count };
  return {
    id: idOf(question),
    label: t.numbers(input),
    hint: open ? t.some : t.count(String(count)),
    schema: { type: 'array', items: { type: dtype === 'int32' ? 'integer' : 'number' }, ...bounds },
    suggestion: proposal,
    optional: true,
  };
}

/**
 * @param questions that were asked; numbers that do not fill a declared shape evenly are taken as one list
 * @param answers by the ids of fields; those that are single numbers are sizes by their names
 */
export function answered(
  questions: readonly FileQuestion[],
  answers: Answers,
): Required<Pick<FileRequest, 'dims' | 'fix' | 'shapes'>> {
  const dims = Object.fromEntries(
    Object.entries(answers).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
  const fix = new Map<string, Tensor>();
  const shapes = new Map<string, readonly (number | string)[]>();
  for (const question of questions) {
    const given = answers[idOf(question)];
    if (!Array.isArray(given)) continue;
    if (question.kind === 'shape') shapes.set(question.input, given);
    else fix.set(question.input, tensor(filledShape(question.shape, given.length), given, question.dtype));
  }
  return { dims, fix, shapes };
}

function idOf({ kind, input }: FileQuestion): string {
  return `${kind} ${input}`;
}

/** The first open size takes what the others leave. */
function filledShape(declared: readonly (number | string)[], count: number): Shape {
  const known = declared.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1);
  const first = declared.findIndex((size) => typeof size === 'string');
  const shape = declared.map((size, axis) => (typeof size === 'number' ? size : axis === first ? count / known : 1));
  return shape.every(Number.isInteger) ? shape : [count];
}
