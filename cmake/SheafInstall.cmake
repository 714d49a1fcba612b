# Installation: filled by the packaging work.
