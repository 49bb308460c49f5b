"""The Faust app, the process around it, and the watchdog."""
