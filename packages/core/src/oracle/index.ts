export { consult, type OracleAnswer, type OracleEnd } from "./oracle.js";
