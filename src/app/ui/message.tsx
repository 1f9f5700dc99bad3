import styles from './message.module.css';

/** What people are told: names between backticks stand as code. */
export function Message({ text }: { readonly text: string }) {
  return text.split(/`([^`]+)`/).map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
      <code key={i} className={styles['code']}>
        {part}
      </code>
    ),
  );
}
