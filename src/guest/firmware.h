/* Firmware: the tables that GetSystemFirmwareTable shows, made from the world's facts. */
#ifndef COAX_GUEST_FIRMWARE_H
#define COAX_GUEST_FIRMWARE_H

#include "base/buf.h"
#include "world/world.h"

/* RawSMBIOSData (MSDN, GetSystemFirmwareTable): a head of 8 bytes and the structures of SMBIOS 2.6
 * (DMTF DSP0134). */
void firmware_smbios(const World *w, Buf *out);

/* An ACPI table by its signature ("FACP"); nothing where the machine has none of that name. */
void firmware_acpi(const World *w, uint32_t signature, Buf *out);

/* The signatures of the ACPI tables, in order; the last is 0. */
extern const uint32_t firmware_acpi_tables[];

/* The ids of a provider's tables ('RSMB', 'ACPI'), and one of them; nothing of other providers. */
void firmware_list(uint32_t provider, Buf *out);
void firmware_get(const World *w, uint32_t provider, uint32_t table, Buf *out);

#endif
