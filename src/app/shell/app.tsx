// The page: top bar, palette, canvas, inspector and dock in panels that can be resized and put away.
import { PanelRight, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { Canvas } from '../canvas/canvas.tsx';
import { listenToKeys } from '../commands/run-command.ts';
import { Palette } from '../palette/palette.tsx';
import { useView, useWorkbench } from '../state/context.tsx';
import { followTheme } from '../state/theme.ts';
import { defaultView } from '../state/view-store.ts';
import { IconButton } from '../ui/button.tsx';
import { SplitHandle } from '../ui/split-handle.tsx';
import { texts } from '../ui/texts.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import styles from './app.module.css';
import { CommandDialog } from './command-dialog.tsx';
import { Dock } from './dock.tsx';
import { FileDrop } from './file-drop.tsx';
import { FileQuestions } from './file-questions.tsx';
import { InspectorSide } from './inspector-side.tsx';
import { LiveRegion } from './live-region.tsx';
import { StopBar } from './stop-bar.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './top-bar.tsx';
import { ValueDialogs } from './value-dialogs.tsx';

export function App() {
  const workbench = useWorkbench();
  // With the first picture, not after it: keys that are pressed at once count.
  useLayoutEffect(() => listenToKeys(workbench), [workbench]);
  useEffect(
    () =>
      followTheme(workbench.view, (theme) => {
        document.documentElement.dataset['theme'] = theme;
      }),
    [workbench],
  );
  return (
    <TooltipProvider>
      <div className={styles['app']}>
        <TopBar />
        <Panels />
      </div>
      <CommandDialog />
      <ValueDialogs />
      <FileDrop />
      <FileQuestions />
      <Toasts />
      <LiveRegion />
    </TooltipProvider>
  );
}

function Panels() {
  const { look } = useWorkbench();
  const paletteOpen = useView((view) => view.paletteOpen);
  const paletteWidth = useView((view) => view.paletteWidth);
  const inspectorOpen = useView((view) => view.inspectorOpen);
  const inspectorWidth = useView((view) => view.inspectorWidth);
  const dockOpen = useView((view) => view.dockOpen);
  const dockHeight = useView((view) => view.dockHeight);
  const walking = useView((view) => view.walk !== null);
  const canvas = useRef<HTMLElement>(null);
  // What stands below the canvas stays free where the inspector lies over it.
  useLayoutEffect(() => {
    const element = canvas.current;
    const panels = element?.parentElement?.parentElement;
    if (!element || !panels) return;
    const watch = new ResizeObserver(() => {
      const below = panels.getBoundingClientRect().bottom - element.getBoundingClientRect().bottom;
      document.documentElement.style.setProperty('--below', `${Math.round(below)}px`);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return (
    <div className={styles['panels']}>
      {paletteOpen && (
        <>
          <aside className={styles['side']} style={{ width: paletteWidth }} aria-label={texts.shell.palette}>
            <Palette />
          </aside>
          <SplitHandle
            label={`${texts.shell.resize}: ${texts.shell.togglePalette}`}
            line="vertical"
            size={paletteWidth}
            least={150}
            most={360}
            usual={defaultView.paletteWidth}
            grows="forward"
            onResize={(size) => look({ paletteWidth: size })}
          />
        </>
      )}
      <div className={styles['middle']}>
        <main ref={canvas} className={styles['canvas']} aria-label={texts.shell.canvas}>
          <Canvas />
        </main>
        <StopBar />
        {dockOpen && (
          <>
            <SplitHandle
              label={`${texts.shell.resize}: ${texts.shell.dock}`}
              line="horizontal"
              size={dockHeight}
              least={96}
              most={640}
              usual={defaultView.dockHeight}
              grows="backward"
              onResize={(size) => look({ dockHeight: size })}
            />
            <section className={styles['dock']} style={{ height: dockHeight }} aria-label={texts.shell.dock}>
              <Dock />
            </section>
          </>
        )}
      </div>
      {inspectorOpen && (
        <>
          <SplitHandle
            label={`${texts.shell.resize}: ${texts.shell.inspector}`}
            line="vertical"
            size={inspectorWidth}
            least={240}
            most={640}
            usual={defaultView.inspectorWidth}
            grows="backward"
            onResize={(size) => look({ inspectorWidth: size })}
          />
          <aside className={styles['inspector']} style={{ width: inspectorWidth }} aria-label={texts.shell.inspector}>
            {!walking && (
              <span className={styles['close']}>
                <IconButton label={texts.ui.close} icon={X} onClick={() => look({ inspectorOpen: false })} />
              </span>
            )}
            <InspectorSide />
          </aside>
        </>
      )}
      {!inspectorOpen && (
        <button type="button" className={styles['edge']} onClick={() => look({ inspectorOpen: true })}>
          <PanelRight size={14} aria-hidden />
          {texts.shell.inspector}
        </button>
      )}
    </div>
  );
}
