/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The look of the page: a style sheet that is part of it. */

#ifndef SDD_PAGE_STYLE_H
#define SDD_PAGE_STYLE_H

extern const char sdd_page_style[];

#endif
