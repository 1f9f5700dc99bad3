// The overlay that is chosen, over the canvas: paints its readings and tells what its colours mean. Loaded when one is first
// chosen; asks the engine for exactly what the overlay reads.
import { Panel, useStoreApi } from '@xyflow/react';
import { TriangleAlert, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { CanvasOverlay, OverlayNode, OverlayScene } from '../../overlays/canvas-overlay.ts';
import { noReadings } from '../../overlays/canvas-overlay.ts';
import { Legend } from '../../overlays/legend.tsx';
import { overlays } from '../../overlays/registry.generated.ts';
import { useSession, useTheme, useView, useWorkbench } from '../../state/context.tsx';
import { measureProfile } from '../../state/measure-profile.ts';
import { isStale } from '../../state/session-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { Progress } from '../../ui/progress.tsx';
import type { FlowEdge, FlowNode } from '../flow-types.ts';
import { nodeValues } from '../node-facts.ts';
import { leastOf, paintOverlay, type Range, rangeOf } from './overlay-paint.ts';
import styles from './overlay-view.module.css';

const t = debuggerTexts.overlays;

interface OverlayViewProps {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly far: boolean;
  /** Told when the panel has come, and when another overlay's words stand in it. */
  readonly onShow: () => void;
}

/** How a step was measured for the canvas: as stepped through, so that no node's work hides in another's. */
const measurement = { plan: 'stepping', runs: 5 } as const;

export function OverlayView(props: OverlayViewProps) {
  const id = useView((view) => view.canvasOverlay);
  const overlay = overlays.find((each) => each.id === id);
  const scene = useScene(props, id);
  const answer = useAnswer(overlay, scene);
  useWanted(overlay, scene);
  useMeasurement(overlay, scene);
  const readings = useMemo(
    () => (overlay && scene ? overlay.read(scene, answer) : noReadings),
    [overlay, scene, answer],
  );
  const range = useMemo(() => (overlay ? rangeOf(overlay, readings) : null), [overlay, readings]);
  const [below, above] = usePainting({ ...props, overlay, readings, range });
  const stale = useSession(isStale);
  const layer = cx(styles['layer'], stale && styles['stale']);
  const told = [...readings.nodes, ...readings.wires];
  const { onShow } = props;
  const measured = useSession((session) => session.profile !== null && session.profiling === null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each overlay has its own words, and its legend once it is measured
  useEffect(onShow, [onShow, id, measured]);
  return (
    <>
      <canvas ref={below} className={cx(layer, styles['under'])} tabIndex={-1} aria-hidden />
      <canvas ref={above} className={layer} tabIndex={-1} aria-hidden />
      <Panel position="top-right">
        <OverlayPanel
          overlay={overlay}
          range={range}
          empty={told.length === 0}
          alarmed={told.some(([, { warning }]) => warning === true)}
        />
      </Panel>
      {overlay && told.length > 0 && (
        <ul className="visually-hidden" aria-label={t.list(overlay.title)} data-overlay={overlay.id}>
          {told.slice(0, 300).map(([name, { text }]) => (
            <li key={name} data-path={name}>
              {name}: {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface OverlayPanelProps {
  readonly overlay: CanvasOverlay | undefined;
  readonly range: Range | null;
  readonly empty: boolean;
  /** Whether something bears the sign. */
  readonly alarmed: boolean;
}

/** Which overlay, what its colours mean, and how far a measurement is. */
function OverlayPanel({ overlay, range, empty, alarmed }: OverlayPanelProps) {
  const { look, link } = useWorkbench();
  const theme = useTheme();
  const share = useSession((session) => session.profiling);
  return (
    <section className={styles['panel']} aria-label={t.choose}>
      <div className={styles['head']}>
        <select
          aria-label={t.choose}
          value={overlay?.id ?? ''}
          onChange={({ target }) => look({ canvasOverlay: target.value })}
        >
          {overlays.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        <IconButton label={t.off} icon={X} onClick={() => look({ canvasOverlay: '' })} />
      </div>
      {overlay && (
        <>
          <p className={styles['summary']}>{overlay.summary}</p>
          {overlay.measures && share !== null ? (
            <Progress label={t.measuring} share={share} onCancel={() => void link.ask((api) => api.cancelProfile())} />
          ) : empty ? (
            <p className={styles['note']}>{overlay.empty ?? t.nothing}</p>
          ) : (
            <Legend
              title={overlay.logarithmic ? `${overlay.legend}, ${t.logarithmic}` : overlay.legend}
              scale={overlay.scale}
              least={leastOf(overlay)}
              theme={theme}
              {...(range === null ? {} : { range, format: overlay.format })}
            />
          )}
          {alarmed && overlay.alarm !== undefined && (
            <p className={styles['alarm']}>
              <TriangleAlert size={12} aria-hidden />
              {t.alarm(overlay.alarm)}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function useScene({ nodes, edges }: OverlayViewProps, id: string): OverlayScene | null {
  const report = useSession((session) => session.report);
  const session = useSession((data) => data.session);
  const summaries = useSession((data) => data.summaries);
  const profile = useSession((data) => data.profile);
  const left = useSession((data) => data.overlayFacts[id]);
  const drawn = useMemo(() => {
    const own: OverlayNode[] = [];
    for (const { data } of nodes) {
      const values = nodeValues(report, data.path, data.model);
      const facts = report?.nodes[data.path];
      if (values !== null && facts !== undefined)
        own.push({ path: data.path, facts, value: values.value, gradient: values.gradient });
    }
    return own;
  }, [nodes, report]);
  const wires = useMemo(() => edges.flatMap(({ data }) => (data === undefined ? [] : [data])), [edges]);
  return useMemo(() => {
    if (report === null) return null;
    const measured = profile !== null && profile.revision === report.revision ? profile : null;
    return { report, session, nodes: drawn, wires, summaries, profile: measured, left };
  }, [report, session, drawn, wires, summaries, profile, left]);
}

/** Keeps the engine asked for the summaries that the overlay reads. */
function useWanted(overlay: CanvasOverlay | undefined, scene: OverlayScene | null): void {
  const { link } = useWorkbench();
  const example = useView((view) => view.example);
  const names = overlay?.wants && scene ? overlay.wants(scene).join('\n') : '';
  useEffect(() => {
    const requests = names === '' ? [] : [...new Set(names.split('\n'))].map((name) => ({ name, example }));
    link.watch('overlay', requests);
  }, [link, names, example]);
  useEffect(() => () => link.watch('overlay', []), [link]);
}

/** The engine's answer to the overlay's own question, as long as it holds. */
function useAnswer(overlay: CanvasOverlay | undefined, scene: OverlayScene | null): unknown {
  const { link } = useWorkbench();
  const [known, setKnown] = useState<{ readonly overlay: CanvasOverlay; readonly answer: unknown } | null>(null);
  const latest = useRef(scene);
  latest.current = scene;
  const holds = overlay?.ask?.until === 'step' ? scene?.session : scene?.report;
  useEffect(() => {
    const question = overlay?.ask?.question;
    if (overlay === undefined || question === undefined || !holds) return;
    let wanted = true;
    // Quick steps are answered once.
    const timer = setTimeout(async () => {
      const now = latest.current;
      const answer = now && (await link.ask((api) => question(api, now)));
      if (wanted) setKnown({ overlay, answer });
    }, 60);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [link, overlay, holds]);
  return known?.overlay === overlay ? known?.answer : null;
}

/** Times are measured once a graph. */
function useMeasurement(overlay: CanvasOverlay | undefined, scene: OverlayScene | null): void {
  const workbench = useWorkbench();
  const revision = scene?.report.runnable ? scene.report.revision : null;
  const needed = overlay?.measures === true && scene !== null && scene.profile === null;
  useEffect(() => {
    if (!needed || revision === null) return;
    const timer = setTimeout(() => void measureProfile(workbench, measurement), 300);
    return () => clearTimeout(timer);
  }, [workbench, needed, revision]);
}

interface Painting extends OverlayViewProps {
  readonly overlay: CanvasOverlay | undefined;
  readonly readings: ReturnType<CanvasOverlay['read']>;
  readonly range: Range | null;
}

/** Drawn in the same tick in which the view moves. Two canvases: below the nodes and above them. */
function usePainting(painting: Painting) {
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi<FlowNode>();
  const theme = useTheme();
  const latest = useRef({ ...painting, theme });
  const redraw = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    latest.current = { ...painting, theme };
    redraw.current();
  });
  useEffect(() => {
    const under = below.current?.getContext('2d');
    const context = above.current?.getContext('2d');
    if (!under || !context) return;
    const draw = (): void => {
      const { width, height, transform, nodeLookup } = flow.getState();
      const [x, y, zoom] = transform;
      const ratio = Math.min(devicePixelRatio, 2);
      for (const each of [under, context]) {
        each.canvas.width = Math.round(width * ratio);
        each.canvas.height = Math.round(height * ratio);
        each.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * x, ratio * y);
      }
      const now = latest.current;
      const { overlay } = now;
      if (overlay === undefined) return;
      const place = (node: FlowNode) => nodeLookup.get(node.id)?.internals.positionAbsolute ?? node.position;
      paintOverlay(context, under, { ...now, overlay, place }, zoom, now.far);
    };
    redraw.current = draw;
    draw();
    return flow.subscribe((state, before) => {
      if (
        state.transform !== before.transform ||
        state.nodes !== before.nodes ||
        state.width !== before.width ||
        state.height !== before.height
      )
        draw();
    });
  }, [flow]);
  return [below, above] as const;
}
