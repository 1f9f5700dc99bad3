// The tensor that the number stands in, with the number marked: a click or an arrow key goes to another one, so that one sees a
// window slide. Where all planes side by side would be too small to point at, the number's own is shown, and others by its side.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { NumberExplanation } from '../../../engine/protocol/explain.ts';
import { numel } from '../../../tensor/shape.ts';
import type { Place } from '../../state/walk.ts';
import { IconButton } from '../../ui/button.tsx';
import { explainTexts } from '../../ui/explain-texts.ts';
import { elementIndex, elementPixel, flatIndex, pixelPlace } from '../picture-index.ts';
import { PictureStage, type Pixel } from '../picture-stage.tsx';
import { usePicture } from '../use-picture.ts';
import styles from './element-picture.module.css';

const t = explainTexts;

interface ElementPictureProps {
  readonly answer: NumberExplanation;
  readonly onGo: (to: Place) => void;
}

/** Larger sheets of planes are shown plane by plane. */
const mostPixels = 2500;

export function ElementPicture({ answer, onGo }: ElementPictureProps) {
  const { name, shape, at, batchAxis } = answer;
  const pictured = /^(?:update|next)\((.*)\)$/.exec(name)?.[1] ?? name;
  const own = planeOf(answer);
  const channel = own.count > 1 && own.count * own.size > mostPixels ? own.plane : 'all';
  const example = batchAxis === null ? 0 : (at[batchAxis] as number);
  const { picture } = usePicture(numel(shape) < 2 ? null : { name: pictured, example, channel, scale: 'auto' });
  if (picture === null) return null;
  const to = (place: { readonly plane: number; readonly row: number; readonly column: number }): void =>
    onGo({ name, index: flatIndex(shape, elementIndex(shape, picture.examples, example, place)) });
  const go = ({ x, y }: Pixel): void => {
    const place = pixelPlace(picture, channel, x, y);
    // Three planes stand in a coloured pixel: the number stays in its own.
    if (place !== null) to(place.color ? { ...place, plane: place.plane + (own.plane % 3) } : place);
  };
  const along = (by: number): void => {
    const plane = own.plane + by;
    if (plane >= 0 && plane < own.count) to({ ...own, plane });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { PageUp: -1, PageDown: 1 }[event.key];
    if (by === undefined || own.count < 2) return;
    event.preventDefault();
    along(by);
  };
  return (
    <section className={styles['element']} aria-label={t.pictureOf} onKeyDown={onKeyDown}>
      <div className={styles['picture']}>
        <PictureStage
          picture={picture}
          label={t.picture(name)}
          zoom={null}
          cursor={elementPixel(picture, channel, shape, at)}
          onCursor={() => undefined}
          onWalk={go}
          onPick={go}
        />
      </div>
      <p className={styles['caption']}>
        <span>{t.slideHint}</span>
        {own.count > 1 && (
          <span className={styles['planes']}>
            <IconButton label={t.planeBefore} icon={ChevronLeft} disabled={own.plane === 0} onClick={() => along(-1)} />
            {t.plane(own.plane + 1, own.count)}
            <IconButton
              label={t.planeAfter}
              icon={ChevronRight}
              disabled={own.plane === own.count - 1}
              onClick={() => along(1)}
            />
          </span>
        )}
      </p>
    </section>
  );
}

/** Among the planes of its example: which one the number stands in, and where. */
function planeOf({ shape, at, batchAxis }: Pick<NumberExplanation, 'shape' | 'at' | 'batchAxis'>) {
  const sizes = shape.filter((_, axis) => axis !== batchAxis);
  const place = at.filter((_, axis) => axis !== batchAxis);
  const [outer, inner] = [sizes.slice(0, -2), sizes.slice(-2)];
  return {
    plane: flatIndex(outer, place.slice(0, outer.length)),
    count: numel(outer),
    size: numel(inner),
    row: inner.length < 2 ? 0 : (place.at(-2) ?? 0),
    column: place.at(-1) ?? 0,
  };
}
