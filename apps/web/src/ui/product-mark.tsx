export function ProductMark({ size = 26 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
      <rect width="32" height="32" rx="9" fill="#17664d" />
      <path d="M13.2 7.5a7.2 7.2 0 0 0-5.4 12l-.7 3.6 3.7-1.4a7.2 7.2 0 1 0 2.4-14.2Z" fill="#fff" />
      <path
        d="M21.1 12.3a8.6 8.6 0 0 1-7.6 10.9 6.4 6.4 0 0 0 7.8 1.1l3.2 1.2-.6-3.2a6.4 6.4 0 0 0-2.8-10Z"
        fill="#a9dcc4"
      />
    </svg>
  );
}
