/** A test that is built wrongly: a fault of the program that builds it, so it is thrown. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}
