// Loaded first (`node --require`): every import of the AWS binding resolves to the one installed beside this file.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const local = request.startsWith("@cdktf/provider-aws/") ? `${__dirname}/node_modules/${request}` : request;
  return resolve.call(this, local, parent, ...rest);
};
