// Panels that bring heavy packages are loaded when first shown, and may fail alone: the rest of the page goes on.
import { Component, type ComponentType, type ReactNode, Suspense } from 'react';
import { Button } from '../ui/button.tsx';
import { texts } from '../ui/texts.ts';
import styles from './lazy-panel.module.css';

/** Shows a component made by `lazy`. */
export function LazyPanel({ panel: Panel }: { readonly panel: ComponentType }) {
  return (
    <PanelBoundary>
      <Suspense fallback={<p className={styles['note']}>{texts.ui.loading}</p>}>
        <Panel />
      </Suspense>
    </PanelBoundary>
  );
}

class PanelBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <p className={styles['note']} role="alert">
        {texts.shell.panelFailed} <Button onClick={() => this.setState({ failed: false })}>{texts.ui.retry}</Button>
      </p>
    );
  }
}
