// Which parts of an input decide for a class, by a method of one's choice: the map beside the input and over it. The map also stays on the input's node for as long as the numbers it was made from.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { AttributionFacts, Saliency } from '../../engine/protocol/views.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import { numel } from '../../tensor/shape.ts';
import { saliencyPixels } from '../overlays/saliency.ts';
import { useDocument, useSession, useTheme, useView, useWorkbench } from '../state/context.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatExact, formatNumber } from '../ui/format.ts';
import { SelectControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { fieldsOf, SchemaForm } from '../ui/forms/schema-form.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import { PictureLegend } from './picture-legend.tsx';
import { PictureStage, type Pixel } from './picture-stage.tsx';
import { usePicture } from './use-picture.ts';
import styles from './viewer.module.css';

const t = laterTexts.saliency;

type Answer = Saliency | { readonly diagnostics: readonly Diagnostic[] };

export function SaliencyDialog() {
  const { look } = useWorkbench();
  const overlay = useView((view) => view.overlay);
  if (overlay?.kind !== 'saliency') return null;
  return (
    <Dialog
      open
      onClose={() => look({ overlay: null })}
      title={t.title(overlay.input)}
      description={t.explanation}
      size="large"
    >
      <Maps input={overlay.input} />
    </Dialog>
  );
}

function Maps({ input }: { readonly input: string }) {
  const { look } = useWorkbench();
  const theme = useTheme();
  const example = useView((view) => view.example);
  const classIndex = useView((view) => view.classIndex);
  const methods = useMethods();
  const [asked, setAsked] = useState<Asked>({ method: 'saliency', options: {} });
  const method = methods.find(({ id }) => id === asked.method);
  const answer = useSaliency(input, example, classIndex, asked);
  const { picture } = usePicture({ name: input, example, channel: 'all', scale: 'auto' });
  const [cursor, setCursor] = useState<Pixel | null>(null);
  const saliency = answer !== null && 'pixels' in answer ? answer : null;
  const nameOf = useClassNames();
  const value = saliency && cursor ? saliency.values[cursor.y * saliency.pixels.width + cursor.x] : undefined;
  return (
    <div className={styles['viewer']}>
      {answer !== null && 'diagnostics' in answer ? (
        <ul className={styles['faults']} role="alert">
          {answer.diagnostics.map(({ code, message, hint }) => (
            <li key={`${code} ${message}`}>
              {message}
              {hint !== undefined && <em>{hint}</em>}
            </li>
          ))}
        </ul>
      ) : picture === null || saliency === null ? (
        <p className={styles['missing']}>{texts.ui.loading}</p>
      ) : (
        <div className={styles['maps']}>
          {([t.input, method?.title ?? '', t.both] as const).map((caption, i) => (
            <figure key={caption}>
              <figcaption>{caption}</figcaption>
              <PictureStage
                picture={i === 1 ? saliency : picture}
                label={caption}
                zoom={null}
                cursor={cursor}
                onCursor={setCursor}
              >
                {i === 2 && <Glow saliency={saliency} />}
              </PictureStage>
            </figure>
          ))}
        </div>
      )}
      <aside className={styles['side']} aria-label={laterTexts.viewer.settings}>
        <Field label={t.method}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={asked.method}
              options={methods.map(({ id, title }) => ({ value: id, title }))}
              onChange={(next) => setAsked({ method: next, options: {} })}
            />
          )}
        </Field>
        {method && (
          <p className={styles['explanation']}>
            {method.summary} {method.signed ? t.signed : t.unsigned} <small>{t.methodSource(method.source)}</small>
          </p>
        )}
        {method && <MethodOptions method={method} asked={asked} onChange={setAsked} />}
        {saliency !== null && saliency.layer !== null && <p>{t.ofLayer(saliency.layer)}</p>}
        <Field label={t.class} hint={t.classHint}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={classIndex === null ? '' : String(classIndex)}
              options={[{ value: '', title: t.label }, ...classOptions(saliency, nameOf)]}
              onChange={(next) => look({ classIndex: next === '' ? null : Number(next) })}
            />
          )}
        </Field>
        {picture !== null && picture.examples > 1 && (
          <ValueField
            label={laterTexts.viewer.example}
            hint={laterTexts.viewer.exampleHint(picture.examples)}
            schema={{ type: 'integer', minimum: 0, maximum: picture.examples - 1, default: 0 }}
            value={example === 0 ? undefined : example}
            onChange={(next) => look({ example: (next as number | undefined) ?? 0 })}
          />
        )}
        {saliency && (
          <>
            <p>{t.score(nameOf(saliency.classIndex))}</p>
            <output className={styles['score']}>{formatExact(saliency.score)}</output>
            <PictureLegend picture={saliency} theme={theme} />
            <div className={styles['readOut']} aria-live="polite">
              {cursor === null || value === undefined ? (
                laterTexts.viewer.pointHint
              ) : (
                <>
                  <code>{t.pixel(cursor.y, cursor.x)}</code>
                  <output>{formatExact(value)}</output>
                </>
              )}
            </div>
          </>
        )}
      </aside>
    </div>
  );
}

function Glow({ saliency }: { readonly saliency: Saliency }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    const image = saliencyPixels(saliency);
    canvas.current.width = image.width;
    canvas.current.height = image.height;
    canvas.current.getContext('2d')?.putImageData(image, 0, 0);
  }, [saliency]);
  return <canvas ref={canvas} className={styles['over']} />;
}

interface Asked {
  readonly method: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

interface MethodOptionsProps {
  readonly method: AttributionFacts;
  readonly asked: Asked;
  readonly onChange: (asked: Asked) => void;
}

/** The method's options as a form; a layer is chosen among the values that are feature maps. */
function MethodOptions({ method, asked, onChange }: MethodOptionsProps) {
  const layers = useLayers();
  const { layer, ...fields } = fieldsOf(method.options);
  const set = (key: string, value: unknown): void => {
    const { [key]: _, ...rest } = asked.options;
    onChange({
      ...asked,
      options: value === undefined ? rest : { ...rest, [key]: value as string | number | boolean },
    });
  };
  return (
    <>
      {layer !== undefined && (
        <Field label={t.layer} hint={t.layerHint}>
          {(ids) => (
            <SelectControl
              ids={ids}
              value={String(asked.options['layer'] ?? '')}
              options={[{ value: '', title: t.lastLayer }, ...layers.map((name) => ({ value: name, title: name }))]}
              onChange={(next) => set('layer', next === '' ? undefined : next)}
            />
          )}
        </Field>
      )}
      <SchemaForm schema={{ properties: fields }} values={asked.options} onChange={set} />
    </>
  );
}

/** Values of nodes with places besides channels. */
function useLayers(): readonly string[] {
  const report = useSession((data) => data.report);
  return useMemo(
    () =>
      Object.entries(report?.nodes ?? {}).flatMap(([, { inputs, outputs }]) =>
        Object.keys(inputs).length === 0
          ? []
          : Object.values(outputs).filter((name) => {
              const type = report?.values[name];
              return type?.dtype === 'float32' && type.shape.length === 4 && numel(type.shape.slice(2)) > 1;
            }),
      ),
    [report],
  );
}

function useMethods(): readonly AttributionFacts[] {
  const { link } = useWorkbench();
  const [methods, setMethods] = useState<readonly AttributionFacts[]>([]);
  useEffect(() => {
    let current = true;
    void link
      .ask((api) => api.attributionMethods())
      .then((list) => {
        if (current && list !== null) setMethods(list);
      });
    return () => {
      current = false;
    };
  }, [link]);
  return methods;
}

/** Asked for again when the numbers change; what is answered to an older graph is dropped. */
function useSaliency(
  input: string,
  example: number,
  classIndex: number | null,
  { method, options }: Asked,
): Answer | null {
  const { link, session } = useWorkbench();
  const theme = useTheme();
  const state = useSession((data) => data.session);
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    if (state === null) return;
    let current = true;
    const timer = setTimeout(async () => {
      const next = await link.ask((api) =>
        api.saliency({ input, scores: null, classIndex, example, theme, method, options }),
      );
      if (!current || next === null) return;
      if ('pixels' in next && next.revision !== session.getState().wanted) return;
      setAnswer(next);
      if ('pixels' in next) {
        session.setState({ saliency: { input, example, iteration: state.iteration, picture: next } });
      }
    }, 60);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [link, session, state, input, example, classIndex, theme, method, options]);
  return answer;
}

/** The likeliest classes first, with their scores, then the others in their order. */
function classOptions(saliency: Saliency | null, nameOf: (index: number) => string) {
  if (saliency === null) return [];
  const first = saliency.likeliest.map(({ index, score }) => ({
    value: String(index),
    title: t.likely(nameOf(index), formatNumber(score)),
  }));
  const told = new Set(saliency.likeliest.map(({ index }) => index));
  const rest = Array.from({ length: saliency.classes }, (_, i) => i).filter((i) => !told.has(i));
  return [...first, ...rest.map((index) => ({ value: String(index), title: nameOf(index) }))];
}

/** Names of the classes, as far as the data set has some, else their numbers. */
function useClassNames(): (index: number) => string {
  const sources = useSession((data) => data.sources);
  const data = useDocument((state) => state.graph.training.data);
  return useMemo(() => {
    const fields = sources.find(({ id }) => id === data?.source)?.fields ?? {};
    const names = Object.values(data?.bind ?? {}).flatMap((field) => fields[field]?.classNames ?? []);
    return (index: number) => names[index] ?? String(index);
  }, [sources, data]);
}
