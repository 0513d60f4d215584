/** A citation: its addresses become links, and everything else stays text. */
const ADDRESS = /(https?:\/\/[^\s,;()[\]"<>]+[^\s,;()[\]"<>.])/;

export function Source({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(ADDRESS).map((part, index) =>
        index % 2 === 1 ? (
          <a key={index} href={part} rel="noreferrer noopener" target="_blank">
            {part.replace(/^https?:\/\//, "")}
          </a>
        ) : (
          part
        ),
      )}
    </>
  );
}
