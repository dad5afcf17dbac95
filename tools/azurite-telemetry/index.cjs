// Azurite asks for this package when it is loaded, and uses it only to report its use to its makers. We always start Azurite with
// --disableTelemetry. The real package brings 215 others (200 MB); without its functions nothing can be reported.
module.exports = {};
