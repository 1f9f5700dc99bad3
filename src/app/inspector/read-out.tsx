// The number under the cursor, with its index in the tensor. A pinned one can be typed over where it is given.
import { useEffect, useState } from 'react';
import type { Picture } from '../../engine/protocol/views.ts';
import type { Shape } from '../../tensor/shape.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { editRun } from '../state/run-edits.ts';
import { Button } from '../ui/button.tsx';
import { explainTexts } from '../ui/explain-texts.ts';
import { formatExact } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import { Element } from './element-table.tsx';
import { elementIndex, flatIndex, pixelPlace, planeSize } from './picture-index.ts';
import type { Pixel } from './picture-stage.tsx';
import { isGiven } from './port-values.ts';
import styles from './viewer.module.css';

interface ReadOutProps {
  readonly name: string;
  readonly shape: Shape;
  readonly picture: Picture;
  /** Whether the picture is the one of this channel and example, and not the one before it. */
  readonly settled: boolean;
  readonly channel: number | 'all';
  readonly example: number;
  readonly cursor: Pixel | null;
  readonly pinned: boolean;
  /** What is computed may be typed over, too. */
  readonly typing: boolean;
}

export function ReadOut({ name, shape, picture, settled, channel, example, cursor, pinned, typing }: ReadOutProps) {
  const workbench = useWorkbench();
  const { explain } = workbench;
  const report = useSession((data) => data.report);
  const place = cursor === null ? null : pixelPlace(picture, channel, cursor.x, cursor.y);
  const data = useElements(name, place?.color === true);
  // The region stays while its text changes: otherwise a screen reader is told nothing.
  if (!settled || cursor === null || place === null) {
    return (
      <div className={styles['readOut']} aria-live="polite">
        {settled ? laterTexts.viewer.pointHint : texts.ui.loading}
      </div>
    );
  }
  const index = elementIndex(shape, picture.examples, example, place);
  const flat = flatIndex(shape, index);
  const value = picture.values[cursor.y * picture.pixels.width + cursor.x] as number;
  const step = planeSize(shape, picture.examples);
  const values = place.color && data ? [0, 1, 2].map((c) => data[flat + c * step] as number) : [value];
  const given = typing || (report !== null && !name.startsWith('grad(') && isGiven(report, name));
  // Of a coloured pixel three channels are told.
  const label = `${name}[${index.map((at, axis) => (place.color && axis === index.length - 3 ? ':' : at)).join(', ')}]`;
  return (
    <div className={styles['readOut']} aria-live="polite">
      <code>{label}</code>
      {pinned && given && !place.color ? (
        <Element
          key={flat}
          label={label}
          value={value}
          onChange={(next) =>
            void editRun(workbench, { kind: 'elements', name, changes: [{ index: flat, value: next }] })
          }
        />
      ) : (
        <output>{values.map(formatExact).join(', ')}</output>
      )}
      {given && !place.color && !pinned && <p>{laterTexts.viewer.pinHint}</p>}
      {given && pinned ? (
        <Button onClick={() => explain({ name, index: flat })}>{explainTexts.explain}</Button>
      ) : (
        !given && <p>{laterTexts.viewer.explainHint}</p>
      )}
    </div>
  );
}

/** All numbers of a value: a coloured pixel shows three of them and the picture holds only one. */
function useElements(name: string, wanted: boolean): Float32Array | Int32Array | null {
  const { link } = useWorkbench();
  const version = useSession((data) => data.summariesVersion);
  const [known, setKnown] = useState<{ readonly name: string; readonly data: Float32Array | Int32Array } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means new numbers
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    void link
      .ask((api) => api.read(name))
      .then((answer) => {
        if (current && answer) setKnown({ name, data: answer.data });
      });
    return () => {
      current = false;
    };
  }, [link, name, wanted, version]);
  return known?.name === name ? known.data : null;
}
