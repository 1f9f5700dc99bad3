// Receptive field and influence of a number: the tensors before and after it, with what belongs to the field lit. On the canvas
// the nodes' own pictures show the same (canvas/parts/walk-marks.tsx); here they are larger, and each is asked for when seen.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FieldMask, NumberExplanation } from '../../../engine/protocol/explain.ts';
import type { Picture } from '../../../engine/protocol/views.ts';
import { numel } from '../../../tensor/shape.ts';
import { fieldTest } from '../../overlays/thumb-places.ts';
import { useView, useWorkbench } from '../../state/context.tsx';
import type { Place } from '../../state/walk.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatCount } from '../../ui/format.ts';
import { fitted } from '../picture-canvas.tsx';
import { elementIndex, flatIndex, pixelPlace } from '../picture-index.ts';
import { usePicture } from '../use-picture.ts';
import { ElementLink } from './element-link.tsx';
import styles from './field-pictures.module.css';
import { useAnswer } from './use-answer.ts';

const t = explainTexts;

interface FieldPicturesProps {
  readonly place: Pick<NumberExplanation, 'name' | 'index' | 'at' | 'batchAxis'>;
  readonly onGo: (to: Place) => void;
}

/** As many are pictured: the nearest, and the farthest, where the data stands; of the rest names and counts are told. */
const mostPictures = 5;
const nearest = 3;
/** Who slides along a picture asks for fields where they stop. */
const quietMs = 120;

export function FieldPictures({ place, onGo }: FieldPicturesProps) {
  const { session } = useWorkbench();
  const { answer, last } = useAnswer(
    `field ${place.name} ${place.index}`,
    (api) => api.elementFields(place.name, place.index),
    quietMs,
  );
  useEffect(() => {
    if (answer) session.setState((data) => ({ overlayFacts: { ...data.overlayFacts, field: answer } }));
  }, [answer, session]);
  const shown = useView((view) => view.example);
  const example = place.batchAxis === null ? shown : (place.at[place.batchAxis] as number);
  if (last === null) return null;
  return (
    <>
      <Fields title={t.upstream} fields={last.upstream} example={example} onGo={onGo} />
      <Fields title={t.downstream} fields={last.downstream} example={example} onGo={onGo} />
    </>
  );
}

interface FieldsProps {
  readonly title: string;
  readonly fields: readonly FieldMask[];
  readonly example: number;
  readonly onGo: (to: Place) => void;
}

function Fields({ title, fields, example, onGo }: FieldsProps) {
  // Data and feature maps before parameters: what a field is asked for.
  const maps = fields.filter(({ shape }) => numel(shape) > 1);
  const all = maps.filter(isPictured);
  const shown = all.length <= mostPictures ? all : [...all.slice(0, nearest), ...all.slice(nearest - mostPictures)];
  const told = fields.filter((field) => !shown.includes(field));
  return (
    <section className={styles['fields']} aria-label={title}>
      <h3>{title}</h3>
      {fields.length === 0 && <p>{t.noField}</p>}
      {shown.map((field) => (
        <FieldPicture key={field.name} field={field} example={example} onGo={onGo} />
      ))}
      {told.length > 0 && (
        <ul>
          {told.map((field) => (
            <li key={field.name}>
              <ElementLink element={firstOf(field)} onGo={onGo}>
                {field.name}
              </ElementLink>
              <span>{t.elements(formatCount(field.count), formatCount(numel(field.shape)))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function isPictured({ name }: FieldMask): boolean {
  return !/\.(weight|bias)\w*$/.test(name);
}

function firstOf({ name, shape, box, mask }: FieldMask) {
  const sizes = box.map(([from, end]) => end - from);
  let rest = Math.max(0, mask?.indexOf(1) ?? 0);
  const at = sizes.toReversed().map((size, i) => {
    const here = (box[box.length - 1 - i]?.[0] ?? 0) + (rest % size);
    rest = Math.floor(rest / size);
    return here;
  });
  at.reverse();
  return { name, at, index: flatIndex(shape, at) };
}

interface FieldPictureProps {
  readonly field: FieldMask;
  readonly example: number;
  readonly onGo: (to: Place) => void;
}

/** Room for one; a row of bars is as wide and lower. */
const room = { width: 268, height: 120 };

function FieldPicture({ field, example, onGo }: FieldPictureProps) {
  const { name, shape, count } = field;
  const canvas = useRef<HTMLCanvasElement>(null);
  const seen = useSeen(canvas);
  const { picture } = usePicture(seen ? { name, example, channel: 'all', scale: 'auto' } : null);
  const [lit, setLit] = useState<Lit | null>(null);
  useLayoutEffect(() => {
    if (canvas.current !== null && picture !== null)
      setLit(drawField(canvas.current, picture, example, shape, fieldTest(field)));
  }, [picture, example, shape, field]);
  const counts = t.elements(formatCount(count), formatCount(numel(shape)));
  const pick = (event: React.MouseEvent<HTMLCanvasElement>): void => {
    if (picture === null) return;
    const own = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - own.left) / own.width) * picture.pixels.width);
    const y = Math.floor(((event.clientY - own.top) / own.height) * picture.pixels.height);
    const at = pixelPlace(picture, 'all', x, y);
    if (at !== null) onGo({ name, index: flatIndex(shape, elementIndex(shape, picture.examples, example, at)) });
  };
  const size =
    picture === null
      ? { width: room.width, height: 56 }
      : picture.pixels.height === 1
        ? { width: room.width, height: 14 }
        : fitted(picture.pixels, room.width, room.height);
  return (
    <figure>
      <div className={styles['frame']}>
        <canvas
          ref={canvas}
          style={size}
          role="img"
          aria-label={t.fieldOf(name, formatCount(count), formatCount(numel(shape)))}
          onClick={pick}
        />
        {lit && <i className={styles['outline']} style={{ ...lit }} />}
      </div>
      <figcaption>
        <ElementLink element={firstOf(field)} onGo={onGo}>
          {name}
        </ElementLink>
        <span>{counts}</span>
      </figcaption>
    </figure>
  );
}

/** Whether an element has come into view. */
function useSeen(ref: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (ref.current === null || seen) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref, seen]);
  return seen;
}

/** Where a small field stands in its picture, to be outlined. */
interface Lit {
  readonly left: string;
  readonly top: string;
  readonly width: string;
  readonly height: string;
}

/** The picture with everything outside the field faded. */
function drawField(
  canvas: HTMLCanvasElement,
  picture: Picture,
  example: number,
  shape: readonly number[],
  belongs: (index: number) => boolean,
): Lit | null {
  const { pixels, examples, plane } = picture;
  const data = pixels.data.slice();
  const indexOf = (x: number, y: number): number | null => {
    const place = pixelPlace(picture, 'all', x, y);
    return place && flatIndex(shape, elementIndex(shape, examples, example, place));
  };
  let [left, top, right, bottom, count] = [pixels.width, pixels.height, 0, 0, 0];
  // Planes stand one pixel apart; within one, steps to the next row and column are the same.
  for (let y0 = 0; y0 < pixels.height; y0 += plane.height + 1) {
    for (let x0 = 0; x0 < pixels.width; x0 += plane.width + 1) {
      const first = indexOf(x0, y0);
      if (first === null) continue;
      const across = plane.width > 1 ? (indexOf(x0 + 1, y0) as number) - first : 0;
      const down = plane.height > 1 ? (indexOf(x0, y0 + 1) as number) - first : 0;
      for (let y = 0; y < plane.height; y++) {
        for (let x = 0; x < plane.width; x++) {
          if (!belongs(first + y * down + x * across)) {
            data[((y0 + y) * pixels.width + x0 + x) * 4 + 3] = faded;
            continue;
          }
          [left, top] = [Math.min(left, x0 + x), Math.min(top, y0 + y)];
          [right, bottom, count] = [Math.max(right, x0 + x + 1), Math.max(bottom, y0 + y + 1), count + 1];
        }
      }
    }
  }
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(new ImageData(data, pixels.width, pixels.height), 0, 0);
  // Fields in several planes, and those that fill the picture, speak for themselves.
  const area = (right - left) * (bottom - top);
  if (count === 0 || count < area || area * 2 > pixels.width * pixels.height) return null;
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return {
    left: percent(left, pixels.width),
    top: percent(top, pixels.height),
    width: percent(right - left, pixels.width),
    height: percent(bottom - top, pixels.height),
  };
}

const faded = 46;
