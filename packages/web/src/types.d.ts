declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "virtual:catalogue" {
  const tests: readonly import("./catalogue/test.js").CatalogueTest[];
  export default tests;
}
