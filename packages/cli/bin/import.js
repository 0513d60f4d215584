// Imports for the bundle: scripts that V8 has compiled beforehand cannot do it themselves.
module.exports = (name) => import(name);
