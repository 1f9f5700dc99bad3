// Receptive field and influence of a number: the tensors before and after it, with what belongs to the field lit.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FieldMask } from '../../../engine/protocol/explain.ts';
import type { Picture } from '../../../engine/protocol/views.ts';
import { numel } from '../../../tensor/shape.ts';
import { useWorkbench } from '../../state/context.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatCount } from '../../ui/format.ts';
import { fitted } from '../picture-canvas.tsx';
import { elementIndex, flatIndex, pixelPlace } from '../picture-index.ts';
import { usePicture } from '../use-picture.ts';
import { channelOf } from './element-picture.tsx';
import styles from './explain.module.css';
import type { Place } from './place.ts';
import { useAnswer } from './use-answer.ts';

const t = explainTexts;

interface FieldPicturesProps {
  readonly place: Place;
  readonly onGo: (to: Place) => void;
}

/** As many are pictured: the nearest, and the farthest, where the data stands; of the rest names and counts are told. */
const mostPictures = 8;
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
  if (last === null) return null;
  return (
    <>
      <Fields title={t.upstream} fields={last.upstream} onGo={onGo} />
      <Fields title={t.downstream} fields={last.downstream} onGo={onGo} />
    </>
  );
}

interface FieldsProps {
  readonly title: string;
  readonly fields: readonly FieldMask[];
  readonly onGo: (to: Place) => void;
}

function Fields({ title, fields, onGo }: FieldsProps) {
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
        <FieldPicture key={field.name} field={field} onGo={onGo} />
      ))}
      {told.length > 0 && (
        <dl>
          {told.map((field) => (
            <div key={field.name}>
              <dt>{field.name}</dt>
              <dd>{t.elements(formatCount(field.count), formatCount(numel(field.shape)))}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function isPictured({ name }: FieldMask): boolean {
  return !/\.(weight|bias)\w*$/.test(name);
}

function FieldPicture({ field, onGo }: { readonly field: FieldMask; readonly onGo: (to: Place) => void }) {
  const { name, shape, box, count } = field;
  const canvas = useRef<HTMLCanvasElement>(null);
  const first = box.map(([from]) => from);
  const channel = channelOf(shape, first);
  const { picture } = usePicture({ name, example: first[0] ?? 0, channel, scale: 'auto' });
  const [lit, setLit] = useState<Lit | null>(null);
  useLayoutEffect(() => {
    if (canvas.current !== null && picture !== null) setLit(drawField(canvas.current, picture, channel, field));
  }, [picture, channel, field]);
  const label = t.fieldOf(name, formatCount(count), formatCount(numel(shape)));
  const pick = (event: React.MouseEvent<HTMLCanvasElement>): void => {
    if (picture === null) return;
    const own = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - own.left) / own.width) * picture.pixels.width);
    const y = Math.floor(((event.clientY - own.top) / own.height) * picture.pixels.height);
    const at = pixelPlace(picture, channel, x, y);
    if (at === null) return;
    onGo({
      name,
      index: flatIndex(shape, elementIndex(shape, picture.examples, exampleOf(picture, shape, first), at)),
    });
  };
  const size = picture && (picture.pixels.height === 1 ? { width: 248, height: 14 } : fitted(picture.pixels, 248, 110));
  return (
    <figure>
      {size && (
        <div className={styles['frame']}>
          <canvas ref={canvas} style={size} role="img" aria-label={label} onClick={pick} />
          {lit && <i className={styles['outline']} style={{ ...lit }} />}
        </div>
      )}
      <figcaption>
        <code>{name}</code> {t.elements(formatCount(count), formatCount(numel(shape)))}
      </figcaption>
    </figure>
  );
}

function exampleOf(picture: Picture, shape: readonly number[], at: readonly number[]): number {
  if (picture.examples === 1) return 0;
  return at[shape[0] === picture.examples ? 0 : 1] ?? 0;
}

/** Where a small field stands in its picture, to be outlined. */
interface Lit {
  readonly left: string;
  readonly top: string;
  readonly width: string;
  readonly height: string;
}

/** The picture with everything outside the field faded. */
function drawField(canvas: HTMLCanvasElement, picture: Picture, channel: number | 'all', field: FieldMask): Lit | null {
  const { pixels, examples } = picture;
  const { shape, box } = field;
  const first = box.map(([from]) => from);
  const data = pixels.data.slice();
  let [left, top, right, bottom, count] = [pixels.width, pixels.height, 0, 0, 0];
  for (let y = 0; y < pixels.height; y++) {
    for (let x = 0; x < pixels.width; x++) {
      const place = pixelPlace(picture, channel, x, y);
      if (place === null) continue;
      const at = elementIndex(shape, examples, exampleOf(picture, shape, first), place);
      if (!isInside(field, at)) data[(y * pixels.width + x) * 4 + 3] = faded;
      else {
        [left, top] = [Math.min(left, x), Math.min(top, y)];
        [right, bottom, count] = [Math.max(right, x + 1), Math.max(bottom, y + 1), count + 1];
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

function isInside({ box, mask }: FieldMask, at: readonly number[]): boolean {
  let flat = 0;
  for (const [axis, [from, end]] of box.entries()) {
    const here = at[axis] ?? 0;
    if (here < from || here >= end) return false;
    flat = flat * (end - from) + here - from;
  }
  return mask === null || mask[flat] === 1;
}
