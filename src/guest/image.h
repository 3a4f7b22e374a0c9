/* Image: the section of a program file of the guest. */
#ifndef COAX_GUEST_IMAGE_H
#define COAX_GUEST_IMAGE_H
#include "guest/machine.h"
/* A reference for the caller; NULL with the NTSTATUS in *status. */
Section *image_open(Machine *m, const char *path, uint32_t *status);
#endif
