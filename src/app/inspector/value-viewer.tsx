// A tensor in full size: channel, example, value or gradient, scale, and the exact number under the cursor, which can be typed
// over where it is given rather than computed.
import { Download, Pencil } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Scale } from '../../engine/protocol/views.ts';
import { download, fileStem } from '../commands/support/download.ts';
import { Histogram } from '../overlays/histogram.tsx';
import { useSession, useTheme, useView, useWorkbench } from '../state/context.tsx';
import type { EngineLink } from '../state/engine-link.ts';
import { isStale } from '../state/session-store.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import { elementIndex, flatIndex, pixelPlace } from './picture-index.ts';
import { PictureLegend } from './picture-legend.tsx';
import { PictureStage, type Pixel } from './picture-stage.tsx';
import { isGiven } from './port-values.ts';
import { ReadOut } from './read-out.tsx';
import { usePicture } from './use-picture.ts';
import { Statistics } from './value-section.tsx';
import styles from './viewer.module.css';

const t = laterTexts.viewer;

export function ValueViewer() {
  const { look } = useWorkbench();
  const overlay = useView((view) => view.overlay);
  if (overlay?.kind !== 'viewer') return null;
  return (
    <Dialog open onClose={() => look({ overlay: null })} title={overlay.value} size="large">
      <Viewer key={baseOf(overlay.value)} value={overlay.value} />
    </Dialog>
  );
}

const scales: readonly Scale[] = ['auto', 'signed', 'magnitude', 'natural'];
const zooms = ['fit', '1', '2', '4', '8', '16', '32'] as const;

function Viewer({ value }: { readonly value: string }) {
  const { look, link, explain: ask } = useWorkbench();
  const theme = useTheme();
  const example = useView((view) => view.example);
  const stale = useSession(isStale);
  const summary = useSession((data) => data.summaries[value]);
  const other = value === baseOf(value) ? `grad(${value})` : baseOf(value);
  const hasOther = useSession((data) => data.report?.values[other] !== undefined);
  const shape = useSession((data) => data.report?.values[value]?.shape);
  const [channel, setChannel] = useState<number | 'all'>('all');
  const [scale, setScale] = useState<Scale>('auto');
  const [zoom, setZoom] = useState<(typeof zooms)[number]>('fit');
  const [cursor, setCursor] = useState<Pixel | null>(null);
  /** A pixel that was clicked stays, so that it can be edited. */
  const [pinned, setPinned] = useState(false);
  /** What is computed is explained when it is clicked, unless it is to be typed over. */
  const [typing, setTyping] = useState(false);
  const { picture, settled } = usePicture({ name: value, example, channel, scale });

  useEffect(() => {
    link.watch('viewer', [{ name: value, example, histogramBins: 64 }]);
    return () => link.watch('viewer', []);
  }, [link, value, example]);

  const given = useSession((data) => data.report !== null && !value.startsWith('grad(') && isGiven(data.report, value));
  /** Where the number at a pixel comes from; false between the planes. */
  const explain = ({ x, y }: Pixel): boolean => {
    const place = picture && pixelPlace(picture, channel, x, y);
    if (!picture || !place || shape === undefined) return false;
    const index = flatIndex(shape, elementIndex(shape, picture.examples, example, place));
    ask({ name: value, index });
    return true;
  };
  const channels = picture?.channels ?? 1;
  return (
    <div className={styles['viewer']}>
      {picture === null || shape === undefined ? (
        <p className={styles['missing']}>{settled ? t.missing : texts.ui.loading}</p>
      ) : (
        <PictureStage
          picture={picture}
          label={t.picture(value)}
          zoom={zoom === 'fit' ? null : Number(zoom)}
          cursor={cursor}
          onCursor={(pixel) => {
            if (!pinned) setCursor(pixel);
          }}
          onPick={(pixel) => {
            if (!given && !typing && explain(pixel)) return;
            setPinned(!pinned || pixel.x !== cursor?.x || pixel.y !== cursor.y);
            setCursor(pixel);
          }}
        />
      )}
      <aside className={styles['side']} aria-label={t.settings}>
        {stale && <p className={styles['staleMark']}>{texts.canvas.stale}</p>}
        {hasOther && (
          <div className={styles['kinds']} role="group" aria-label={t.kind}>
            {[baseOf(value), `grad(${baseOf(value)})`].map((name) => (
              <Button
                key={name}
                pressed={name === value}
                onClick={() => look({ overlay: { kind: 'viewer', value: name } })}
              >
                {name === baseOf(value) ? texts.canvas.value : texts.canvas.gradient}
              </Button>
            ))}
          </div>
        )}
        <p className={styles['shape']}>{shape === undefined ? '' : shape.join(' × ')}</p>
        {channels > 1 && (
          <Field label={t.channel}>
            {(ids) => (
              <SelectControl
                ids={ids}
                value={String(channel)}
                options={[
                  { value: 'all', title: t.all(channels) },
                  ...Array.from({ length: Math.min(channels, mostListed) }, (_, i) => ({
                    value: String(i),
                    title: String(i),
                  })),
                ]}
                onChange={(next) => {
                  setChannel(next === 'all' ? 'all' : Number(next));
                  setCursor(null);
                  setPinned(false);
                }}
              />
            )}
          </Field>
        )}
        {picture !== null && picture.examples > 1 && (
          <ValueField
            label={t.example}
            hint={t.exampleHint(picture.examples)}
            schema={{ type: 'integer', minimum: 0, maximum: picture.examples - 1, default: 0 }}
            value={example === 0 ? undefined : example}
            onChange={(next) => look({ example: (next as number | undefined) ?? 0 })}
          />
        )}
        <Field label={t.scale}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={scale}
              options={scales.map((each) => ({ value: each, title: t.scales[each] }))}
              onChange={setScale}
            />
          )}
        </Field>
        <Field label={t.zoom}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={zoom}
              options={zooms.map((each) => ({ value: each, title: each === 'fit' ? t.fit : `${each} ×` }))}
              onChange={setZoom}
            />
          )}
        </Field>
        {picture && <PictureLegend picture={picture} theme={theme} />}
        {picture && shape && (
          <ReadOut
            name={value}
            shape={shape}
            picture={picture}
            settled={settled}
            channel={channel}
            example={example}
            cursor={cursor}
            pinned={pinned}
            typing={typing}
          />
        )}
        {!given && summary?.state === 'computed' && (
          <Button
            icon={Pencil}
            pressed={typing}
            title={t.changeHint}
            onClick={() => {
              setTyping(!typing);
              setPinned(false);
            }}
          >
            {t.change}
          </Button>
        )}
        {summary?.state === 'computed' && <Statistics summary={summary} />}
        {summary?.histogram && (
          <Histogram histogram={summary.histogram} height={52} label={laterTexts.inspector.histogramOf(value)} />
        )}
        {summary?.state === 'computed' && (
          <Button icon={Download} title={t.saveHint} onClick={() => void save(link, value)}>
            {t.save}
          </Button>
        )}
      </aside>
    </div>
  );
}

/** All numbers as they stand, bit for bit. */
async function save(link: EngineLink, name: string): Promise<void> {
  const bytes = await link.ask((api) => api.exportValue(name));
  if (bytes !== null) download(`${fileStem(name)}.npy`, new Blob([bytes]));
}

/** More channels than these are looked at all together. */
const mostListed = 2048;

function baseOf(name: string): string {
  return /^grad\((.*)\)$/.exec(name)?.[1] ?? name;
}
