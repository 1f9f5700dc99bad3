// The tensor that the number stands in, with the number marked: a click or an arrow key goes to another one, so that one sees a
// window slide.
import type { NumberExplanation } from '../../../engine/protocol/explain.ts';
import { numel } from '../../../tensor/shape.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { elementIndex, elementPixel, flatIndex, pixelPlace } from '../picture-index.ts';
import { PictureStage, type Pixel } from '../picture-stage.tsx';
import { usePicture } from '../use-picture.ts';
import styles from './explain.module.css';
import type { Place } from './place.ts';

interface ElementPictureProps {
  readonly answer: NumberExplanation;
  readonly onGo: (to: Place) => void;
}

/** Larger tensors are shown by the channel that the number stands in. */
const mostPixels = 20_000;

export function ElementPicture({ answer: { name, shape, at }, onGo }: ElementPictureProps) {
  const pictured = /^(?:update|next)\((.*)\)$/.exec(name)?.[1] ?? name;
  const channel = channelOf(shape, at);
  const { picture } = usePicture(
    numel(shape) < 2 ? null : { name: pictured, example: at[0] ?? 0, channel, scale: 'auto' },
  );
  if (picture === null) return null;
  // Of sequences the batch is the second dimension: then the example is another.
  const pixel = elementPixel(picture, channel, shape, at);
  const go = ({ x, y }: Pixel): void => {
    const place = pixelPlace(picture, channel, x, y);
    if (place === null) return;
    const batch = picture.examples === 1 ? null : shape[0] === picture.examples ? 0 : 1;
    const index = elementIndex(shape, picture.examples, batch === null ? 0 : (at[batch] ?? 0), place);
    onGo({ name, index: flatIndex(shape, index) });
  };
  return (
    <div className={styles['picture']}>
      <PictureStage
        picture={picture}
        label={explainTexts.picture(name)}
        zoom={null}
        cursor={pixel}
        onCursor={() => undefined}
        onWalk={go}
        onPick={go}
      />
    </div>
  );
}

/** All channels side by side while that is readable, else the element's own plane. */
export function channelOf(shape: readonly number[], at: readonly number[]): number | 'all' {
  if (shape.length < 3) return 'all';
  const planes = numel(shape.slice(1, -2));
  if (numel(shape.slice(1)) <= mostPixels && planes <= 64) return 'all';
  return shape.slice(1, -2).reduce((plane, size, axis) => plane * size + (at[axis + 1] ?? 0), 0);
}
